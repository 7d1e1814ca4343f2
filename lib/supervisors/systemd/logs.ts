/**
 * Logs by journalctl. Nothing is lost between history and what follows: the follower begins at the entry that was last when
 * the history was asked for, and drops what was shown already. `-f -n0` would lose lines of a unit that never logged, and
 * `--after-cursor` the next line where its entry is of another unit.
 */

import { messageOf } from "#lib/platform/errors.ts";
import { stream } from "#lib/platform/exec.ts";
import { type LogQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { type Cursor, linesOf, parseCursor } from "./journal-entry.ts";
import type { SessionOptions } from "./session.ts";

/** what systemd-coredump writes about a process of the unit */
const CORE_DUMP = "fc2e22bc6ee647b6b90729ab34a250b1";
/** `--all`: without it a long message is left out */
const FORMAT = ["--output=json", "--all", "--no-pager", "--output-fields=MESSAGE,PRIORITY,_TRANSPORT"];
const BLIND = "not seeing messages from other users and the system";
/** a line of JSON longer than this is no entry: journald cuts messages at 48 KiB, a field at 768 MB */
const LONGEST = 64 * 1024 * 1024;

/** `name` is checked. Throws SupervisorError: `invalid_name` for a foreign cursor, `denied`, `unreachable`, `refused`. */
export async function* readLogs(
  name: string,
  query: LogQuery,
  { mode, signal }: { mode: SessionOptions["mode"]; signal: AbortSignal },
): AsyncGenerator<LogRecord> {
  const after = query.after === null ? null : parseCursor(query.after);
  if (query.after !== null && !after) throw new SupervisorError("invalid_name", "This is not a cursor of the journal");
  const matches = matchesOf(name, mode);
  // taken before the history is read: what arrives while it is read is in both, and dropped once
  const end = query.follow ? await lastCursor(signal) : null;
  let last = query.after;
  if (query.tail !== 0)
    for await (const line of readHistory(query, { after, matches, signal })) {
      last = line.cursor;
      yield line;
    }
  if (!query.follow || signal.aborted) return;
  const from = last ?? end;
  const start = from === null ? ["--since=@0"] : [`--cursor=${parseCursor(from)!.entry}`];
  const shown = last === null ? null : parseCursor(last);
  yield* readLines(["--follow", "--no-tail", ...start, ...matches], shown, signal);
}

/** The fields that `journalctl --unit` looks at, given one by one: its option would take a name for a pattern. */
export function matchesOf(name: string, mode: SessionOptions["mode"], uid: number = process.getuid?.() ?? 0): string[] {
  if (mode === "user") {
    const own = `_UID=${uid}`;
    const fields = ["_SYSTEMD_USER_UNIT", "USER_UNIT", "COREDUMP_USER_UNIT", "OBJECT_SYSTEMD_USER_UNIT"];
    return fields.flatMap((field, index) => [...(index > 0 ? ["+"] : []), `${field}=${name}`, own]);
  }
  return [
    ...[`_SYSTEMD_UNIT=${name}`, "+"],
    ...["_PID=1", `UNIT=${name}`, "+"],
    ...["_UID=0", `OBJECT_SYSTEMD_UNIT=${name}`, "+"],
    ...[`MESSAGE_ID=${CORE_DUMP}`, "_UID=0", `COREDUMP_UNIT=${name}`],
  ];
}

/**
 * Which entries of the history. `-n` counts from the beginning where there is a cursor or `--since`, and finds none before an
 * `--until`: backwards it counts from the end whatever is given.
 */
export function rangeOf(query: LogQuery, cursor: string | null): string[] {
  const range: string[] = [];
  if (cursor !== null) range.push(`--cursor=${cursor}`);
  else if (query.since !== null) range.push(`--since=@${inSeconds(query.since)}`);
  if (query.until !== null) range.push(`--until=@${inSeconds(query.until)}`);
  if (query.tail !== null && cursor === null) range.push("--reverse", `--lines=${query.tail}`);
  return range;
}

interface History {
  after: Cursor | null;
  matches: readonly string[];
  signal: AbortSignal;
}

async function* readHistory(query: LogQuery, { after, matches, signal }: History): AsyncGenerator<LogRecord> {
  const args = [...rangeOf(query, after?.entry ?? null), ...matches];
  if (query.tail === null) return yield* readLines(args, after, signal);
  const kept: LogRecord[] = [];
  if (after) {
    for await (const line of readLines(args, after, signal)) {
      kept.push(line);
      if (kept.length > query.tail * 2 + 1000) kept.splice(0, kept.length - query.tail);
    }
    return yield* kept.slice(-query.tail);
  }
  const entries: LogRecord[][] = [];
  for await (const json of journalLines([...FORMAT, ...args], signal)) entries.push(linesOf(json));
  // an entry of several lines counts as one for journalctl
  yield* entries.reverse().flat().slice(-query.tail);
}

/** As they come; of the first entry only what is not `shown` yet. */
async function* readLines(
  args: readonly string[],
  shown: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<LogRecord> {
  let first = true;
  for await (const json of journalLines([...FORMAT, ...args], signal)) {
    const lines = linesOf(json);
    yield* first && shown ? withoutShown(lines, shown) : lines;
    if (lines.length > 0) first = false;
  }
}

function withoutShown(lines: LogRecord[], after: Cursor): LogRecord[] {
  if (lines.at(-1)?.cursor !== after.entry) return lines;
  return after.line === null ? [] : lines.slice(after.line + 1);
}

/** Where the journal ends now, whoever wrote there; null when it is empty. */
async function lastCursor(signal: AbortSignal): Promise<string | null> {
  let cursor: string | null = null;
  for await (const json of journalLines([...FORMAT, "--lines=1"], signal))
    cursor = linesOf(json).at(-1)?.cursor ?? null;
  return cursor;
}

/** Lines that journalctl prints. Throws where it could not read; ends quietly when the signal aborts. */
async function* journalLines(args: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  if (signal.aborted) return;
  const output = stream("journalctl", args, signal);
  let any = false;
  let rest: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const next = await output.next();
      if (next.done) {
        if (!signal.aborted) throwUnlessRead(next.value, any);
        return;
      }
      let chunk = next.value;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
        const line = Buffer.concat([...rest, chunk.subarray(0, end)]).toString("utf8");
        rest = [];
        size = 0;
        any = true;
        yield line;
        chunk = chunk.subarray(end + 1);
      }
      if (chunk.length > 0) rest.push(chunk);
      size += chunk.length;
      if (size > LONGEST)
        throw new SupervisorError("refused", "journalctl printed a line that is too long to be an entry");
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof SupervisorError) throw error;
    throw new SupervisorError("unreachable", `journalctl could not be read: ${messageOf(error)}`, { cause: error });
  } finally {
    await output.return({ exitCode: null, stderr: "" });
  }
}

function throwUnlessRead({ exitCode, stderr }: { exitCode: number | null; stderr: string }, any: boolean): void {
  if (!any && (stderr.includes(BLIND) || /insufficient permissions/i.test(stderr)))
    throw new SupervisorError(
      "denied",
      "The system's journal may not be read by this user: adding it to the group systemd-journal allows it",
    );
  const words = stderr.trim().split("\n").at(-1) ?? "";
  if (exitCode === null) throw new SupervisorError("unreachable", `journalctl did not run${words ? `: ${words}` : ""}`);
  if (exitCode !== 0 && !/no entries/i.test(words))
    throw new SupervisorError(
      /permission/i.test(words) ? "denied" : "refused",
      `journalctl: ${words || `exit ${exitCode}`}`,
    );
}

/** Seconds since the epoch with the fraction that the text has: a Date would cut it to milliseconds. */
function inSeconds(time: string): string {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new SupervisorError("refused", `This is not a time: ${time.slice(0, 40)}`);
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? "0";
  return `${Math.floor(milliseconds / 1000)}.${fraction.slice(0, 6).padEnd(6, "0")}`;
}
