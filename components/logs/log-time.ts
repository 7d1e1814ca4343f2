/** Times of log lines: many on a screen and in a hurry, so nothing here asks the locale for each. */
import { formatDuration } from "#lib/format/duration.ts";

export const TIME_STYLES = ["local", "utc", "relative"] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

/** `14:19:20.914` of an RFC 3339 time, in the reader's zone or in UTC; `12 s ago`. `now` in milliseconds. */
export function formatLogTime(time: string, style: TimeStyle, now: number): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "–";
  if (style === "relative") return `${formatDuration((now - at.getTime()) / 1000)} ago`;
  if (style === "utc") return at.toISOString().slice(11, 23);
  const { hours, minutes } = { hours: at.getHours(), minutes: at.getMinutes() };
  return `${two(hours)}:${two(minutes)}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** The day that a time falls on, for telling one from another: `2025-11-14`. */
export function dayOf(time: string | number, style: TimeStyle): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  if (style === "utc") return at.toISOString().slice(0, 10);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day as a heading: `Fri 14 Nov 2025`. */
export function formatDay(day: string): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const weekday = DAYS[new Date(Date.UTC(year, month - 1, date)).getUTCDay()];
  return `${weekday} ${date} ${MONTHS[month - 1]} ${year}`;
}

/** A moment on the axis under the bars: clock time within a day, the day where the whole is longer. `span` in milliseconds. */
export function formatTick(at: number, span: number, style: TimeStyle): string {
  const iso = new Date(at).toISOString();
  const time = formatLogTime(iso, style === "utc" ? "utc" : "local", at);
  if (span > 36 * 3_600_000) return formatDay(dayOf(at, style)).split(" ").slice(1, 3).join(" ");
  return span < 10 * 60_000 ? time.slice(0, 8) : time.slice(0, 5);
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
