/** CPU time and memory of whole processes, from outside. */
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const TICKS = 100;

/** Options that `npm start` gives to Node: what is measured is what runs. */
export function asStarted(): string[] {
  const file = new URL("../package.json", import.meta.url);
  const { scripts } = JSON.parse(fs.readFileSync(file, "utf8")) as { scripts: { start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
}

/** CPU seconds that these processes and their ended children have used. A pid that is gone counts for nothing. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid);
    // utime, stime, cutime, cstime
    return sum + (fields ? fields.slice(11, 15).reduce((a, b) => a + Number(b), 0) / TICKS : 0);
  }, 0);
}

/** What these processes take of one core, in percent, over so many seconds from now. */
export async function shareOf(pids: readonly number[], seconds: number): Promise<number> {
  const before = cpuSeconds(pids);
  await sleep(seconds * 1000);
  return ((cpuSeconds(pids) - before) / seconds) * 100;
}

/** Resident bytes. */
export function resident(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** Every process whose command line holds all of these words. */
export function processesWith(...words: string[]): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const line = commandLine(pid);
      return pid !== process.pid && words.every((word) => line.includes(word));
    });
}

/** The processes below one, itself left out. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of fs.readdirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? Number(statOf(Number(name))?.[1]) : Number.NaN;
    if (!Number.isNaN(parent)) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const below = (of: number): number[] => (parents.get(of) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function commandLine(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // ended while we looked
    return "";
  }
}

function statOf(pid: number): string[] | null {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  } catch {
    // ended while we looked
    return null;
  }
}
