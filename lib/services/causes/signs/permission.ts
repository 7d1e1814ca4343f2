/** Something that it may not do: read a file, listen on a low port, run a program. */
import { type End, type Explained, lastMatch, quoted, type Sign, shellWord, told } from "./sign.ts";

const PORTS = [
  // Node: `listen EACCES: permission denied 0.0.0.0:80`
  /\blisten EACCES\b.{0,80}?:(\d{1,5})\s*$/,
  // nginx: `bind() to 0.0.0.0:80 failed (13: Permission denied)`
  /\bbind\(\) to \S{1,80}:(\d{1,5}) failed \(13\b/,
  // Go: `listen tcp :80: bind: permission denied`
  /\blisten (?:tcp|udp)[46]? \S{0,60}:(\d{1,5}): bind: permission denied/,
];
const RUNS = [
  /\bline \d{1,6}: ([^\s:]{1,300}): Permission denied$/,
  /\bexec: "([^"]{1,200})": permission denied/,
  /\bspawn (\S{1,200}) EACCES\b/,
];
const FILES = [
  // Node: `EACCES: permission denied, open '/srv/x'`
  /\b(?:EACCES|EPERM): [a-z ]{1,40}, \w{1,20} '([^']{1,300})'/,
  // Python: `PermissionError: [Errno 13] Permission denied: '/srv/x'`
  /\[Errno (?:13|1)\] [A-Z][a-z ]{1,40}: '([^']{1,300})'/,
  // Go, coreutils: `open /srv/x: permission denied`
  /\b(?:open|stat|mkdir|unlink|chdir|fork\/exec) (\/[^\s:]{1,300}): permission denied/,
  /(?:^|[\s'"‘])(\/[^\s:'"’]{1,300})['"’]?(?:: | \()[Pp]ermission denied/,
];

export function permission({ lines, name, supervisor }: End): Sign | null {
  const found = [
    {
      match: lastMatch(lines, PORTS),
      explain: (what: string) => lowPort(what, supervisor === "systemd" ? name : null),
    },
    { match: lastMatch(lines, RUNS), explain: notExecutable },
    { match: lastMatch(lines, FILES), explain: notReadable },
  ].filter(({ match }) => match !== null);
  const [last] = found.sort((a, b) => b.match!.line - a.match!.line);
  if (!last) return null;
  return { signature: "permission", line: last.match!.line, explain: () => last.explain(last.match!.found[1]!) };
}

function lowPort(port: string, unit: string | null): Explained {
  return told(
    `It may not listen on port ${port}`,
    `Ports below 1024 are for root, or for who has \`CAP_NET_BIND_SERVICE\`.`,
    {
      next: "Give it that right, or a port from 1024 on.",
      command: unit === null ? null : `systemctl edit ${shellWord(unit)}`,
    },
  );
}

function notExecutable(what: string): Explained {
  return told(
    `It may not run ${what}`,
    `${quoted(what)} is there, and the user that the service runs as has no right to run it.`,
    {
      next: "Give the file the right to be run, by that user too.",
      command: `chmod +x ${shellWord(what)}`,
    },
  );
}

function notReadable(what: string): Explained {
  return told(
    `It has no right to ${what}`,
    `The user that the service runs as may not do with ${quoted(what)} what it tried.`,
    {
      next: "Look at who owns it and at the folders above it, or run the service as another user.",
      command: what.startsWith("/") ? `namei -l ${shellWord(what)}` : null,
    },
  );
}
