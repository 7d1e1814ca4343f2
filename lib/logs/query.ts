/** What of a log is wanted, read from the parameters of a request. */
import { AppError } from "#lib/platform/errors.ts";
import { LOG_LEVELS, type LogLevel } from "./line.ts";
import { compilePattern, type Pattern } from "./pattern.ts";

export interface Selection {
  /** the newest so many lines; null: all */
  tail: number | null;
  /** RFC 3339 in UTC, inclusive */
  since: string | null;
  until: string | null;
  /** the line contains it, whatever the case */
  q: string | null;
  regex: Pattern | null;
  /** this or worse; a line that says nothing counts as `info` */
  level: LogLevel | null;
  stream: "stdout" | "stderr" | null;
  follow: boolean;
  /** cursors: the lines before the one, after the other */
  before: string | null;
  after: string | null;
  /** newest first, as they are found */
  isNewestFirst: boolean;
  /** records beside the lines: what became of the service, and how far the reading is */
  markers: boolean;
  progress: boolean;
}

export interface RawSelection {
  tail?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  q?: string | undefined;
  regex?: string | undefined;
  level?: string | undefined;
  stream?: string | undefined;
  follow?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  order?: string | undefined;
  markers?: string | undefined;
  progress?: string | undefined;
}

const TAIL = 500;
const MOST = 1_000_000;
const LONGEST_Q = 1000;
const LONGEST_CURSOR = 8192;
const DURATION = /^(?:(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w))+$/;
const PART = /(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)/g;
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;
/** years that a time can have in four digits, on both sides of any offset */
const EARLIEST = Date.UTC(0, 0, 2);
const LATEST = Date.UTC(9999, 11, 30);

/** Throws AppError `validation` that names every wrong parameter. */
export function parseSelection(raw: RawSelection, now: number = Date.now()): Selection {
  const problems: { path: string; message: string }[] = [];
  const read = <T>(path: keyof RawSelection, parse: (text: string) => T, absent: T): T => {
    const text = raw[path];
    if (text === undefined || text === "") return absent;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push({ path, message: error.problems[0]?.message ?? error.message });
      return absent;
    }
  };
  const selection: Selection = {
    tail: read("tail", parseTail, raw.after ? null : TAIL),
    since: read("since", (text) => parseTime(text, now), null),
    until: read("until", (text) => parseTime(text, now), null),
    q: read("q", (text) => bounded(text, LONGEST_Q), null),
    regex: read("regex", compilePattern, null),
    level: read("level", (text) => oneOf(text, LOG_LEVELS), null),
    stream: read("stream", (text) => oneOf(text, ["stdout", "stderr"] as const), null),
    follow: read("follow", isSet, false),
    before: read("before", (text) => bounded(text, LONGEST_CURSOR), null),
    after: read("after", (text) => bounded(text, LONGEST_CURSOR), null),
    isNewestFirst: read("order", (text) => oneOf(text, ["oldest", "newest"] as const) === "newest", false),
    markers: read("markers", isSet, false),
    progress: read("progress", isSet, false),
  };
  if (selection.isNewestFirst && selection.follow)
    problems.push({ path: "order", message: "what comes has one order: newest first and follow exclude each other" });
  if (selection.before !== null && selection.follow)
    problems.push({ path: "follow", message: "lines before a cursor have an end: nothing follows them" });
  if (selection.before !== null && selection.after !== null)
    problems.push({ path: "before", message: "give either before or after" });
  if (selection.since !== null && selection.until !== null && selection.since > selection.until)
    problems.push({ path: "until", message: "is earlier than since" });
  if (problems.length > 0)
    throw new AppError("validation", problems.map((p) => `${p.path}: ${p.message}`).join("; "), { problems });
  return selection;
}

/** `15m`, `1h30m`, `7d` back from now, or RFC 3339; gives RFC 3339 in UTC with every digit that was there. */
export function parseTime(text: string, now: number): string {
  if (text.length < 40 && DURATION.test(text)) {
    let back = 0;
    for (const [, amount, unit] of text.matchAll(PART)) back += Number(amount) * UNITS[unit!]!;
    return new Date(Math.max(EARLIEST, now - back)).toISOString();
  }
  const found = TIME.exec(text);
  const at = found ? Date.parse(`${found[1]}T${found[2]}${found[4]!.toUpperCase()}`) : Number.NaN;
  // a day that its month does not have is not the day after it
  const day = found ? new Date(`${found[1]}T00:00:00Z`) : null;
  const isDay = day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(found![1]!);
  if (!(isDay && at >= EARLIEST && at <= LATEST))
    throw new AppError("validation", "is a time as in RFC 3339 (2026-11-21T14:00:00Z) or a duration (15m, 2h, 7d)");
  return `${new Date(at).toISOString().slice(0, 19)}.${(found![3] ?? "").padEnd(3, "0")}Z`;
}

function isSet(text: string): boolean {
  return oneOf(text, ["0", "1"] as const) === "1";
}

function parseTail(text: string): number | null {
  if (text === "all") return null;
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= MOST)) throw new AppError("validation", `is a number of lines up to ${MOST}, or all`);
  return count;
}

function bounded(text: string, longest: number): string {
  if (text.length > longest) throw new AppError("validation", `has ${longest} characters at most`);
  return text;
}

function oneOf<const T extends string>(text: string, words: readonly T[]): T {
  const known = words.find((word) => word === text);
  if (known === undefined) throw new AppError("validation", `is one of ${words.join(", ")}`);
  return known;
}
