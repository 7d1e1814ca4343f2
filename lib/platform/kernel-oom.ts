/**
 * The kernel's own word that it killed a process for memory. On cgroup v1 supervisors may never hear of it: Docker 20.10 on
 * Linux 6.18 reports exit 137 with `OOMKilled: false` and no `oom` event, systemd 252 a plain SIGKILL.
 */
import fs from "node:fs";
import os from "node:os";

interface Kill {
  /** milliseconds since 1970 */
  at: number;
}

const NEAR = 5_000;
const MOST_RECORDS = 50_000;
const UNAVAILABLE = new Set(["ENOENT", "EACCES", "EPERM"]);

/**
 * True when the kernel log tells of such a kill near that time (milliseconds since 1970) in a cgroup whose path holds `part`:
 * a container's id, `/nginx.service`. False as well where the log cannot be read, as for an ordinary user.
 */
export function kernelKilled(part: string, endedAt: number): boolean {
  const bootedAt = Date.now() - os.uptime() * 1000;
  return killsOf(kernelLog(), part, bootedAt).some(({ at }) => Math.abs(at - endedAt) < NEAR);
}

/** The kills in one cgroup among lines of `/dev/kmsg` (`6,1204,1450177798,-;oom-kill:constraint=…`). */
export function killsOf(lines: Iterable<string>, part: string, bootedAt: number): Kill[] {
  const found: Kill[] = [];
  for (const line of lines) {
    if (!line.includes("oom-kill:") || !line.includes(part)) continue;
    const [, , microseconds] = line.split(",", 3);
    // the cgroup of the victim, not just any place where the words are printed
    const victim = /task_memcg=([^,]*)/.exec(line)?.[1] ?? "";
    const after = victim.charAt(victim.indexOf(part) + part.length);
    if (victim.includes(part) && /^[/.]?$/.test(after)) found.push({ at: bootedAt + Number(microseconds) / 1000 });
  }
  return found;
}

function* kernelLog(): Generator<string> {
  let fd: number;
  try {
    fd = fs.openSync("/dev/kmsg", fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (UNAVAILABLE.has((error as NodeJS.ErrnoException).code ?? "")) return;
    throw error;
  }
  const buffer = Buffer.alloc(8192);
  try {
    for (let count = 0; count < MOST_RECORDS; count += 1) {
      const record = readRecord(fd, buffer);
      if (record === null) return;
      yield record;
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** One read gives one record; null at the end. */
function readRecord(fd: number, buffer: Buffer): string | null {
  try {
    return buffer.toString("latin1", 0, fs.readSync(fd, buffer)) || null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // the ring went on beneath us: the oldest records are lost, the next read goes on behind them
    if (code === "EPIPE") return "(lost)";
    if (code === "EAGAIN" || code === "EPERM") return null;
    throw error;
  }
}
