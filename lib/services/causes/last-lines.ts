/** The last lines of the run that ended: read once, bounded in lines, signs and time, with secrets masked. */
import { cleanText, visibleText } from "#lib/logs/clean-text.ts";
import { EVERYTHING, type LogSource, readHistory } from "#lib/logs/history.ts";
import type { LogRecord, ServiceMark } from "#lib/supervisors/supervisor.ts";
import { maskText } from "../mask.ts";
import type { Cause } from "./shapes.ts";
import { LONGEST } from "./signs/sign.ts";

export type LastLine = Cause["lines"][number];

export interface Run {
  /** milliseconds since the epoch: when it began, ended, and the next one began; null: that is not known */
  began: number | null;
  ended: number;
  next: number | null;
}

/** lines that are looked at for signs */
const MOST = 80;
/** records that are read for them */
const MOST_READ = 1000;
/** milliseconds by which the clock of a log and that of a supervisor differ, and by which a line comes late */
const LEEWAY = 100;
const ROUNDED = 2;
const LATE = 5000;
const EARLY = 1000;
/** a longer line is cut before anything looks at it */
const RAW = 4 * LONGEST;

/**
 * Oldest first; empty where it printed nothing. `began`: as the log itself tells it. `end`: the log tells of the end too,
 * and with `isWhole` of this one, so that nothing of the run is still to come.
 */
export async function lastLines(
  source: LogSource,
  run: Run,
  { signal, secrets }: { signal: AbortSignal; secrets: readonly string[] },
): Promise<{ lines: LastLine[]; began: number | null; end: ServiceMark | null; isWhole: boolean }> {
  const until = new Date(run.next ?? run.ended + LATE).toISOString();
  let records: LogRecord[] = [];
  let count = 0;
  for await (const batch of readHistory(source, { ...EVERYTHING, from: "newest", until }, signal)) {
    records = [...batch.slice(-MOST_READ), ...records].slice(-MOST_READ);
    count += batch.length;
    const first = batch[0];
    const isEnough = count >= MOST_READ || ofRun(records, run).isWhole;
    if (isEnough || (first && !first.untimed && run.began !== null && Date.parse(first.time) < run.began - LEEWAY))
      break;
  }
  const { began, kept } = ofRun(records, run);
  const last = kept.findLast(isEnd);
  return {
    lines: kept.slice(-MOST).map((record) => lineOf(record, secrets)),
    began,
    end: last?.mark ?? null,
    // of the run before, while the journal is still behind
    isWhole: last !== undefined && (run.next !== null || Date.parse(last.time) >= run.ended - ROUNDED),
  };
}

/** Those between the start of the run and the next start, as far as times and the log's own marks tell. */
export function ofRun(
  records: readonly LogRecord[],
  run: Run,
): { kept: LogRecord[]; began: number | null; isWhole: boolean } {
  const isStart = ({ mark }: LogRecord) => mark?.kind === "started" || mark?.kind === "recreated";
  const timeOf = (record: LogRecord) => Date.parse(record.time);
  // of what ends at once systemd writes that it is started after it has ended: the word of its end counts, not the time
  const end = records.findIndex((record) => isEnd(record) && timeOf(record) >= run.ended - ROUNDED);
  const after = records.findIndex((record, at) => isStart(record) && (end < 0 ? timeOf(record) > run.ended : at > end));
  const until = after < 0 ? records : records.slice(0, after);
  const start = until.findLastIndex((record) => isStart(record));
  const began = start < 0 ? null : timeOf(until[start]!);
  const from = start < 0 ? 0 : firstOf(until, start);
  const kept = until.slice(from).filter((record) => {
    if (record.lost !== undefined || record.beside || isStart(record)) return false;
    // a file without times in it says of its lines only when it was written last
    if (record.untimed) return true;
    const time = timeOf(record);
    return !(run.began !== null && time < run.began - LEEWAY) && !(run.next !== null && time >= run.next);
  });
  // what stands before the first line shows that there is no earlier one
  return { kept, began, isWhole: began !== null && from > 0 };
}

function isEnd({ mark }: LogRecord): boolean {
  return mark?.kind === "failed" || mark?.kind === "exited";
}

/** Index of the first line of a run: a fast program prints before its supervisor writes that it is started. */
function firstOf(records: readonly LogRecord[], start: number): number {
  const earliest = Date.parse(records[start]!.time) - EARLY;
  let first = start;
  while (first > 0 && !records[first - 1]!.mark && Date.parse(records[first - 1]!.time) >= earliest) first -= 1;
  return first;
}

function lineOf({ time, stream, text, untimed }: LogRecord, secrets: readonly string[]): LastLine {
  const visible = visibleText(cleanText(text.slice(0, RAW)).text);
  const masked = maskText(visible.slice(0, RAW), secrets);
  return {
    time: untimed ? null : time,
    stream,
    text: masked.length > LONGEST ? `${masked.slice(0, LONGEST - 1)}…` : masked,
  };
}
