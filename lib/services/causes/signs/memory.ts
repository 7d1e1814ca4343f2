/** Memory: a limit of the supervisor's, of the machine, or of the runtime's own heap. */
import { formatBytes } from "#lib/format/bytes.ts";
import { type End, lastMatch, type Sign, shellWord, told } from "./sign.ts";

/** systemd's own line; the flag may be missing where the cgroup tells nothing */
const KILLED = [
  /\.service: (?:A process of this unit has been killed by the OOM killer\.|Failed with result 'oom-kill'\.)$/,
];
const NODE = [
  /FATAL ERROR: .{0,80}?JavaScript heap out of memory/,
  /FATAL ERROR: (?:Reached heap limit|Ineffective mark-compacts near heap limit|CALL_AND_RETRY_LAST) Allocation failed/,
];
const JAVA = [/\bjava\.lang\.OutOfMemoryError: ([\w ]{1,60})/];
const OTHERS = [
  /^MemoryError\b/,
  /^fatal error: runtime: (?:cannot allocate|out of) memory/,
  /\bstd::bad_alloc\b/,
  /\b(?:ENOMEM|[Cc]annot allocate memory)\b/,
];

export function killedForMemory(end: End): Sign | null {
  const { oomKilled, supervisor, lines } = end;
  const match = oomKilled ? null : supervisor === "systemd" ? lastMatch(lines, KILLED) : null;
  if (!oomKilled && !match) return null;
  return { signature: "memory-limit", line: match?.line ?? null, explain: () => overLimit(end) };
}

export function outOfHeap({ lines }: End): Sign | null {
  const node = lastMatch(lines, NODE);
  if (node)
    return {
      signature: "node-heap",
      line: node.line,
      explain: () =>
        told(
          "Node.js ran out of heap",
          "Its own heap was full, before any limit of the system. Node.js ends itself with `SIGABRT` then.",
          {
            next: "Give it a larger heap with `--max-old-space-size` (in MB), or look for what it keeps.",
            command: "NODE_OPTIONS=--max-old-space-size=2048",
          },
        ),
    };
  const java = lastMatch(lines, JAVA);
  if (java)
    return {
      signature: "java-heap",
      line: java.line,
      explain: () =>
        told(
          "The Java machine ran out of memory",
          `It said \`${java.found[1]!.trim()}\`: its own limit, before any of the system.`,
          {
            next: "Give it a larger heap with `-Xmx`, or look for what it keeps.",
          },
        ),
    };
  const other = lastMatch(lines, OTHERS);
  return (
    other && {
      signature: "no-memory",
      line: other.line,
      explain: () =>
        told("It was given no more memory", "It asked the system for memory and was refused.", {
          next: "Look at its memory limit, and at what is free on the machine.",
          command: "free -h",
        }),
    }
  );
}

function overLimit({ supervisor, name, memoryLimit }: End) {
  if (memoryLimit === null)
    return told(
      "The machine ran out of memory",
      "The kernel chose this service to end, to save the others. It has no memory limit of its own.",
      {
        next: "Look at what uses the memory, or give the largest a limit.",
        command: "journalctl -k -g 'Out of memory|oom-kill' -n 20",
      },
    );
  const limit = formatBytes(memoryLimit);
  const title = `Out of memory at its ${limit} limit`;
  if (supervisor === "pm2")
    return told(title, `PM2 ended it because it used more than \`max_memory_restart\` allows, ${limit}.`, {
      next: "Raise `max_memory_restart`, or look for what it keeps in memory.",
    });
  const raised = "Raise the limit, or look for what it keeps in memory.";
  if (supervisor === "systemd")
    return told(title, `The kernel ended it when it needed more than \`MemoryMax=\` allows, ${limit}.`, {
      next: raised,
      command: `systemctl edit ${shellWord(name)}`,
    });
  return told(title, `The kernel ended it when it needed more than its container's memory limit, ${limit}.`, {
    next: raised,
    command: `${supervisor} update --memory ${formatMegabytes(memoryLimit * 2)} --memory-swap -1 ${shellWord(name)}`,
  });
}

function formatMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)}m`;
}
