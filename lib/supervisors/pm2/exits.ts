/**
 * How processes ended, read from the end of the daemon's own log (`$PM2_HOME/pm2.log`). Only there PM2 tells the signal
 * and the time; its list keeps the exit code alone. A line says `SIGINT` both for that signal and for none.
 */
import fs from "node:fs";
import type { Exit } from "./states.ts";

const FIRST_READ = 256 * 1024;
const MOST_AT_ONCE = 1024 * 1024;
const EXITED = /^(\S+): PM2 log: App \[(.*):(\d+)\] exited with code \[(-?\d+)\] via signal \[(\w+)\]$/;
const STARTING = /^\S+: PM2 log: App \[(.*):(\d+)\] starting in /;
const OVER_MEMORY =
  /^\S+: PM2 log: \[PM2\]\[WORKER\] Process (\d+) restarted because it exceeds --max-memory-restart value /;
const STOPPING = /^\S+: PM2 log: Stopping app:(.*) id:(\d+)$/;

export interface Exits {
  /** Reads what was written since the last call. Without the file, or without the right to it, nothing is known. */
  refresh(): void;
  get(name: string, id: number): Exit | null;
}

export function createExits(file: string): Exits {
  const exits = new Map<string, Exit>();
  const asked = new Set<string>();
  const overMemory = new Set<string>();
  let position: { inode: number; offset: number } | null = null;
  let rest = "";

  const note = (line: string, live: boolean) => {
    const over = OVER_MEMORY.exec(line);
    if (over) overMemory.add(over[1]!);
    const stop = STOPPING.exec(line);
    if (stop) asked.add(`${stop[2]} ${stop[1]}`);
    // a stop of what had no process is never followed by an exit: the next start ends the expectation
    const start = STARTING.exec(line);
    if (start) asked.delete(`${start[2]} ${start[1]}`);
    const exit = EXITED.exec(line);
    if (!exit) return;
    const [, time = "", name = "", id = "", code = "", signal = ""] = exit;
    const at = live ? Date.now() : Date.parse(time);
    const key = `${id} ${name}`;
    exits.set(key, {
      code: Number(code),
      signal: signal === "SIGINT" ? null : signal,
      at: Number.isNaN(at) ? Date.now() : at,
      asked: asked.delete(key),
      ...(overMemory.delete(id) ? { overMemory: true as const } : {}),
    });
  };

  return {
    refresh() {
      const read = readOn(file, position);
      if (!read) return;
      const lines = (rest + read.text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) note(line, position !== null);
      position = read.position;
    },
    get: (name, id) => exits.get(`${id} ${name}`) ?? null,
  };
}

function readOn(file: string, from: { inode: number; offset: number } | null) {
  let descriptor: number | null = null;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile()) return null;
    const { ino: inode, size } = stats;
    const goesOn = from !== null && from.inode === inode && from.offset <= size;
    const start = Math.max(goesOn ? from.offset : size - FIRST_READ, size - MOST_AT_ONCE, 0);
    const buffer = Buffer.alloc(size - start);
    const length = fs.readSync(descriptor, buffer, 0, buffer.length, start);
    return { text: buffer.toString("utf8", 0, length), position: { inode, offset: start + length } };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") return null;
    throw error;
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}
