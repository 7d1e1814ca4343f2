/** When a plan runs: five fields in a time zone, as people on a clock of that zone understand them. */
import { Cron } from "croner";
import { AppError, messageOf } from "#lib/platform/errors.ts";

const BOUNDS = [
  [0, 59],
  [0, 23],
] as const;

/** Throws AppError `validation` naming the field, where it is no time that ever comes. */
export function checkCron(cron: string, timezone: string, field = "cron"): void {
  if (!isTimezone(timezone))
    throw invalid("timezone", `there is no time zone ${timezone}: they are named as in Europe/Berlin`);
  let next: Date | null;
  try {
    if (cron.trim().split(/\s+/).length !== 5) throw new Error("it has five fields: minute hour day month weekday");
    next = open(cron, timezone).nextRun(new Date());
  } catch (error) {
    throw invalid(field, messageOf(error).replace(/^CronPattern: /, ""));
  }
  if (!next) throw invalid(field, "such a day never comes");
}

/**
 * The first time after this one. A time in the hour that a clock skips is moved to its end, one in the hour that it
 * repeats comes once; only what runs every hour goes on hour by hour through both.
 */
export function nextAfter(cron: string, timezone: string, after: Date): Date | null {
  return open(cron, timezone).nextRun(after);
}

/** The first `count` times after this one. */
export function nextTimes(cron: string, timezone: string, { after, count }: { after: Date; count: number }): Date[] {
  return open(cron, timezone).nextRuns(count, after);
}

function open(cron: string, timezone: string): Cron {
  // checked as it was written, so that a message names what was written
  const written = new Cron(cron, { timezone, mode: "5-part", paused: true });
  const listed = asFixedTimes(cron);
  return listed === cron
    ? written
    : new Cron(listed, { timezone, mode: "5-part", paused: true, fixedTimeRule: "no-wildcard" });
}

/**
 * Minutes and hours written out, because the library treats `2,14` as times of a day and a step as an interval, which it
 * drops in the hour that is skipped and repeats in the one that comes twice.
 */
function asFixedTimes(cron: string): string {
  const [minute = "", hour = "", ...days] = cron.trim().split(/\s+/);
  const hours = listed(hour, BOUNDS[1]);
  if (hours.length === 24) return cron;
  return [listed(minute, BOUNDS[0]).join(","), hours.join(","), ...days].join(" ");
}

function listed(field: string, [least, most]: readonly [number, number]): number[] {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [from, to] = /^[*?]$/.test(range) ? [least, most] : range.split("-").map(Number);
    for (let value = from!; value <= (to ?? from!); value += Number(step)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function isTimezone(name: string): boolean {
  // offsets are taken by newer engines, and mean no place whose clock is known
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function invalid(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}
