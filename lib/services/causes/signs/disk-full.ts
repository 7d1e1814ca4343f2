/** No room: a full disk, no inodes, a quota; and the watch limit that Node calls by the same word. */
import { formatBytes } from "#lib/format/bytes.ts";
import {
  bestMatch,
  type End,
  type Explained,
  type Known,
  lastMatch,
  quoted,
  type Sign,
  shellWord,
  told,
} from "./sign.ts";

const WATCHES = [/\bENOSPC: System limit for number of file watchers reached/, /\binotify watch limit reached\b/i];
const PRECISE = [
  // Node: `ENOSPC: no space left on device, open '/srv/x'`
  /\bENOSPC\b[^'"]{0,80}'(\/[^']{1,200})'/,
  // Go, coreutils: `write /srv/x: no space left on device`, `error writing '/srv/x': No space left on device`
  /(?:^|[\s'"‘])(\/[^\s:'"’]{1,200})['"’]?: [Nn]o space left on device/,
  // Python: `OSError: [Errno 28] No space left on device: '/srv/x'`
  /\bNo space left on device: '(\/[^']{1,200})'/i,
  /\bENOSPC: no space left on device\b/,
];
const VAGUE = [
  /\bNo space left on device\b/i,
  /\bENOSPC\b/,
  /\bDisk quota exceeded\b/i,
  /\bdatabase or disk is full\b/i,
];

export function diskFull({ lines }: End): Sign | null {
  const watches = lastMatch(lines, WATCHES);
  if (watches)
    return {
      signature: "watch-limit",
      line: watches.line,
      explain: () =>
        told(
          "The limit of watched files is reached",
          "The disk is not full: the kernel lets one user watch so many files, and all are taken.",
          {
            next: "Raise the limit, here and in /etc/sysctl.d.",
            command: "sysctl fs.inotify.max_user_watches=524288",
          },
        ),
    };
  const match = bestMatch(lines, PRECISE, VAGUE);
  if (!match) return null;
  const path = match.found[1] ?? null;
  const isQuota = /quota/i.test(match.found[0]);
  return {
    signature: "disk-full",
    line: match.line,
    ask: isQuota ? null : { about: "disk", path },
    explain: (known) => explain(path, isQuota, known),
  };
}

function explain(path: string | null, isQuota: boolean, { disk }: Known): Explained {
  const next = "Make room, or give the disk more of it.";
  if (isQuota)
    return told("The disk quota is used up", "The file system lets its user or group keep no more.", {
      next,
      command: "quota -s",
    });
  const where = path === null ? "" : ` while it wrote ${quoted(path)}`;
  if (!disk)
    return told("No space was left on a disk", `The system refused to write${where}.`, { next, command: "df -h" });
  if (disk.noNodes)
    return told(
      `${disk.path} can hold no more files`,
      `There is room on ${quoted(disk.path)}, and no inode is left for another file.`,
      {
        next: "Remove files: many small ones use up inodes.",
        command: `df -i ${shellWord(disk.path)}`,
      },
    );
  const [largest] = disk.grew;
  const grew = largest
    ? ` Written last and largest there: ${quoted(largest.path)}, ${formatBytes(largest.bytes)}.`
    : "";
  const words = `${quoted(disk.path)} has ${formatBytes(disk.free)} left of ${formatBytes(disk.total)}.${grew}`;
  return told(`The disk at ${disk.path} is full`, words, { next, command: `df -h ${shellWord(disk.path)}` });
}
