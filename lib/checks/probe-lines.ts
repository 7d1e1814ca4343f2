/** What a service prints, or that it does not: looked up in its log now and then, and only as far back as is not known yet. */
import { formatDuration } from "#lib/format/duration.ts";
import { cleanText, visibleText } from "#lib/logs/clean-text.ts";
import { EVERYTHING, type LogSource, markOf, readHistory } from "#lib/logs/history.ts";
import { compilePattern } from "#lib/logs/pattern.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type LogRecord, type ServiceRecord, SupervisorError } from "#lib/supervisors/supervisor.ts";
import { type Outcome, quoted } from "./standing.ts";

/** What one check has learned of a log; times in milliseconds since the epoch. */
export interface LineMemory {
  /** the newest line that was looked at */
  mark: string | null;
  /** time of the newest line that counts */
  lastAt: number | null;
  /** of the run that was judged: its start and what came of it */
  run: { start: number; outcome: Outcome } | null;
}

export interface LineLook {
  service: string;
  memory: LineMemory;
  now: number;
  signal: AbortSignal;
}

export interface PrintsOutcome extends Outcome {
  /** in so many milliseconds it is decided; null: it is */
  decidedIn: number | null;
}

/** A unit may have printed before it said that it is up. */
const BEFORE_UP = 60_000;
/** the last lines before the end of a span are on their way for so long */
const ON_THE_WAY = 500;

export function newLineMemory(): LineMemory {
  return { mark: null, lastAt: null, run: null };
}

/** Down where no line (that fits) came for so long. What has just started gets the whole span. */
export async function probeSilent(
  { minutes, matching }: { minutes: number; matching: string | null },
  look: LineLook,
): Promise<Outcome> {
  const subject = subjectOf(look.service);
  if ("verdict" in subject) return subject;
  const { memory, now } = look;
  const from = now - minutes * 60_000;
  // until then the line that is known is enough
  if ((memory.lastAt ?? 0) < from) await readBack(subject.source, { matching, from, ...look });
  const last = Math.max(memory.lastAt ?? 0, subject.start);
  if (last >= from) return { verdict: "up", latency: null, message: null };
  const what = matching === null ? "Nothing was printed" : `No line that fits ${quoted(matching)} came`;
  const since = memory.lastAt === null ? "" : `. The last was of ${timestamp(memory.lastAt)}`;
  return { verdict: "down", latency: null, message: `${what} for ${formatDuration(minutes * 60)}${since}` };
}

/**
 * Down where a run has not printed it in time. `before`: how the check stood; a run that was found good stays so, although
 * its first lines are gone from the log by now. `createdAt`: a start before then is judged only by a log that reaches back to it.
 */
export async function probePrints(
  { pattern, within }: { pattern: string; within: number },
  look: LineLook & { before: { isUp: boolean; checkedAt: number | null }; createdAt: number },
): Promise<PrintsOutcome> {
  const subject = subjectOf(look.service);
  if ("verdict" in subject) return { ...subject, decidedIn: null };
  const { memory, now, before, createdAt } = look;
  const { start, earliest, source } = subject;
  const decided = (outcome: Outcome): PrintsOutcome => {
    memory.run = { start, outcome };
    return { ...outcome, decidedIn: null };
  };
  if (memory.run?.start === start) return { ...memory.run.outcome, decidedIn: null };
  if (before.isUp && (before.checkedAt ?? 0) >= start) return decided({ verdict: "up", latency: null, message: null });
  const end = start + within * 1000;
  const { found, isAny } = await readStart(source, { pattern, from: earliest, to: end, signal: look.signal });
  if (found !== null) return decided({ verdict: "up", latency: Math.max(0, found - start), message: null });
  if (now < end + ON_THE_WAY)
    return {
      ...{ verdict: "idle", latency: null, decidedIn: end + ON_THE_WAY - now },
      message: `It has started, and has ${formatDuration(within)} to print ${quoted(pattern)}`,
    };
  if (!isAny && createdAt > end)
    return decided({
      ...{ verdict: "idle", latency: null },
      message: "Its log does not reach back to its start. The next start is judged",
    });
  const message = `Did not print ${quoted(pattern)} within ${formatDuration(within)} of its start`;
  return decided({ verdict: "down", latency: null, message });
}

interface Subject {
  source: LogSource;
  /** of this run */
  start: number;
  /** when its first line may have been printed */
  earliest: number;
}

function subjectOf(id: string): Subject | Outcome {
  const found = snapshot().find(id);
  const idle = (message: string): Outcome => ({ verdict: "idle", latency: null, message });
  if (!found) {
    const supervisor = snapshot()
      .supervisors()
      .find((one) => id.startsWith(`${one.id}/`));
    const message = `There is no service ${quoted(id)}: it is gone or has another name`;
    return supervisor?.available
      ? { verdict: "gone", latency: null, message }
      : idle("Its supervisor cannot be reached");
  }
  const { record, source } = found;
  if (snapshot().service(id)?.stale) return idle("Its supervisor cannot be reached");
  if (record.state !== "running") return idle(`It is not running: ${quoted(record.state)}`);
  const start = startOf(record);
  const ended = record.lastExit?.at ? Date.parse(record.lastExit.at) : Number.NaN;
  const earliest = ended <= start ? Math.max(ended, start - BEFORE_UP) : start - BEFORE_UP;
  return { source: { service: id, name: record.name, supervisor: source }, start, earliest };
}

function startOf({ since }: ServiceRecord): number {
  const start = since === null ? 0 : Date.parse(since);
  return Number.isFinite(start) ? start : 0;
}

/** From the newest line back to the first that counts, or to what is known. */
async function readBack(
  source: LogSource,
  { matching, from, memory, signal }: LineLook & { matching: string | null; from: number },
): Promise<void> {
  const pattern = matching === null ? null : compilePattern(matching);
  const query = { ...EVERYTHING, from: "newest", since: timestamp(from) } as const;
  let newest: string | null = null;
  for await (const batch of readHistory(source, query, signal)) {
    for (let at = batch.length - 1; at >= 0; at -= 1) {
      const record = batch[at]!;
      if (!isLine(record)) continue;
      const mark = markOf(record);
      newest ??= mark;
      if (mark === memory.mark) {
        memory.mark = newest;
        return;
      }
      if (pattern && !pattern.test(textOf(record))) continue;
      memory.lastAt = Date.parse(record.time);
      memory.mark = newest;
      return;
    }
  }
  signal.throwIfAborted();
  memory.mark = newest ?? memory.mark;
}

async function readStart(
  source: LogSource,
  { pattern, from, to, signal }: { pattern: string; from: number; to: number; signal: AbortSignal },
): Promise<{ found: number | null; isAny: boolean }> {
  const wanted = compilePattern(pattern);
  const query = { ...EVERYTHING, since: timestamp(from), until: timestamp(to) };
  let isAny = false;
  for await (const batch of readHistory(source, query, signal))
    for (const record of batch) {
      if (!isLine(record)) continue;
      isAny = true;
      if (wanted.test(textOf(record))) return { found: Date.parse(record.time), isAny };
    }
  signal.throwIfAborted();
  return { found: null, isAny };
}

function isLine({ beside, lost }: LogRecord): boolean {
  return !beside && lost === undefined;
}

function textOf({ text }: LogRecord): string {
  return visibleText(cleanText(text).text);
}

/** Why a log could not be read, as something to judge by. */
export function unreadable(error: unknown): Outcome {
  const isAway = error instanceof SupervisorError && error.reason === "unreachable";
  const message = `Its log cannot be read: ${quoted(messageOf(error).slice(0, 200))}`;
  return { verdict: isAway ? "idle" : "down", latency: null, message };
}
