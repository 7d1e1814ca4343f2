/** Starts and ends of an app, out of the end of the daemon's own log (`$PM2_HOME/pm2.log`): whole seconds, this machine's zone. */
import fs from "node:fs";
import type { TimedMark } from "../supervisor.ts";

const READ = 512 * 1024;
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d): PM2 log: (.*)$/;
const APP = /^App \[(.*):(\d+)\] (?:(online)$|(exited) with code \[(-?\d+)\] via signal \[(\w+)\])/;
const STOPPING = /^Stopping app:(.*) id:(\d+)$/;

/** Oldest first. Empty where the log is not there or may not be read. */
export function readMarks(file: string, app: string): TimedMark[] {
  let descriptor: number | null = null;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const { size } = fs.fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(READ, size));
    const length = fs.readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return marksOf(buffer.toString("utf8", 0, length), app);
  } catch (error) {
    if (["ENOENT", "EACCES", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

export function marksOf(log: string, app: string): TimedMark[] {
  const marks: TimedMark[] = [];
  const asked = new Set<string>();
  const alone = new Set<string>();
  for (const line of log.split("\n")) {
    const [, time, said = ""] = LINE.exec(line) ?? [];
    if (!time) continue;
    const stop = STOPPING.exec(said);
    if (stop?.[1] === app) asked.add(stop[2]!);
    const [, name, id, online, , code, signal] = APP.exec(said) ?? [];
    if (name !== app || !id) continue;
    if (online) {
      const kind = alone.delete(id) ? "restarted" : "started";
      marks.push({ time: moment(time, kind === "restarted"), kind, code: null, signal: null });
      continue;
    }
    const wasAsked = asked.delete(id);
    if (!wasAsked) alone.add(id);
    const by = signal === "SIGINT" ? null : (signal ?? null);
    const isGood = wasAsked || (code === "0" && by === null);
    const mark = { code: by ? null : Number(code), signal: by };
    marks.push({ time: moment(time, true), kind: isGood ? "exited" : "failed", ...mark });
  }
  return marks;
}

/** A second has a beginning and an end: what an app printed before it ended stands before its end. */
function moment(second: string, isEnd: boolean): string {
  return new Date(Date.parse(second) + (isEnd ? 999 : 0)).toISOString();
}
