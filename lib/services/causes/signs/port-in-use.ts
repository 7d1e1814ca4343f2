/** Two want one port: in the words of Node, Go, Python, Java, nginx and the container engines. */
import { bestMatch, type End, type Explained, type Known, quoted, type Sign, told } from "./sign.ts";

const PRECISE = [
  // Node: `Error: listen EADDRINUSE: address already in use :::3000`
  /\bEADDRINUSE\b.{0,80}?:(\d{1,5})\s*$/,
  // Docker: `Bind for 0.0.0.0:8080 failed: port is already allocated`
  /\bBind for \S{1,60}:(\d{1,5}) failed: port is already allocated/i,
  // nginx: `bind() to 0.0.0.0:80 failed (98: Address already in use)`
  /\bbind\(\) to \S{1,80}:(\d{1,5}) failed \(98\b/,
  // Go: `listen tcp 127.0.0.1:3000: bind: address already in use`; Docker's proxy says the same
  /\blisten (?:tcp|udp)[46]? \S{0,60}:(\d{1,5}): bind: address already in use/i,
  // Python's asyncio: `error while attempting to bind on address ('127.0.0.1', 3000): address already in use`
  /\bbind on address \('[^']{0,60}', (\d{1,5})[^)]{0,20}\): address already in use/i,
  // `Address already in use: ('0.0.0.0', 8000)`, `address already in use: 0.0.0.0:8000`
  /\baddress (?:is )?already in use\W{0,6}[\w.:[\]*-]{0,60}?[:,'] ?'?,? ?(\d{1,5})\b/i,
  /\bport (\d{1,5}) (?:is |was )?already (?:in use|being used|allocated)/i,
];
const VAGUE = [/\bEADDRINUSE\b/, /\baddress (?:is )?already in use\b/i];
/** the engine says so before anything of the container ran */
const ENGINE = /\bport is already allocated\b|\baddress already in use\b/i;

export function portInUse({ lines, reason, ports, isContainer }: End): Sign | null {
  const isEngine = isContainer && reason !== null && ENGINE.test(reason);
  const match = bestMatch(isEngine ? [{ time: null, text: reason }] : lines, PRECISE, VAGUE);
  if (!match) return null;
  const said = Number(match.found[1] ?? Number.NaN);
  const only = ports.length === 1 ? ports[0]! : null;
  const port = said > 0 && said < 65_536 ? said : only;
  const protocol = /\budp\b/i.test(match.found[0]) ? "udp" : "tcp";
  return {
    signature: "port-in-use",
    line: isEngine ? null : match.line,
    // what listens inside a container is nobody's on the host
    ask: port === null || (isContainer && !isEngine) ? null : { about: "port", port, protocol },
    explain: (known) => (isContainer && !isEngine ? inContainer(port) : explain(port, protocol, known)),
  };
}

function inContainer(port: number | null): Explained {
  return told(
    port === null ? "A port that it wants is already in use" : `Port ${port} is already in use`,
    "Inside its container another process listens there, or on the host where it uses the host's network.",
    { next: "See whether its command starts the program twice." },
  );
}

function explain(port: number | null, protocol: "tcp" | "udp", { holder }: Known): Explained {
  const next = "Stop the one that should not have the port, or give one of them another.";
  if (port === null)
    return told("A port that it wants is already in use", "It does not say which. Another process listens there.", {
      next: "Look at what listens, and compare it with what this service is set to listen on.",
      command: "ss -ltnp",
    });
  const title = `Port ${port} is already in use`;
  const command = `ss -${protocol === "udp" ? "lunp" : "ltnp"} 'sport = :${port}'`;
  if (!holder)
    return told(
      title,
      `It wants to listen on port ${port}, and something else did. It is free by now, or its holder cannot be seen.`,
      {
        next,
        command,
      },
    );
  const { service, name, own } = holder;
  if (own)
    return told(title, `${quoted(name)} holds it itself: a process of an earlier run has not ended.`, {
      next: "End the process that is left over.",
      command,
      related: service,
    });
  const isContainer = service !== null && /^[^/]+\/(docker|podman)\b/.test(service);
  const who = `${isContainer ? "the container " : ""}${quoted(name)}`;
  return told(title, `It is held by ${who}.`, { next, command, related: service });
}
