/** Which part of the history somebody asks for, and what there is of it. */
import { z } from "zod";
import { AppError } from "#lib/platform/errors.ts";
import { figureHistory } from "./keep.ts";
import { SeriesText } from "./text.ts";

const AGO = /^(\d{1,6})(s|m|h|d)$/;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const HOUR = 3600;
/** points of one series in one answer */
const MOST = 11_000;
/** the same where nobody said how far apart */
const FITS = 2100;
const moment = z.string().max(40);

export const spanSchema = z.strictObject({
  from: moment.optional().describe("RFC 3339, or how long ago: 90m, 6h, 7d. Default: an hour ago"),
  to: moment.optional().describe("the same; default: now"),
  step: z.coerce
    .number()
    .int()
    .min(10)
    .max(86_400)
    .optional()
    .describe("seconds between two points, as near to that as is kept; default: what fits the span"),
  series: z
    .string()
    .max(300)
    .optional()
    .describe("names of the series that are wanted, with commas between: cpu,memory"),
});

export const seriesSchema = z.record(z.string(), z.array(z.tuple([z.number(), z.number()])));

/**
 * `{"series": {…}}` with points `[milliseconds since the epoch, value]` by name of the series; of the `further` ones those that there
 * are. Throws AppError `validation`.
 */
export function seriesJson(
  subject: string,
  { names, further = [] }: { names: readonly string[]; further?: readonly string[] },
  { series, ...span }: z.infer<typeof spanSchema>,
): Buffer<ArrayBuffer> {
  const now = Date.now() / 1000;
  const to = secondsOf("to", span.to, now) ?? now;
  const from = secondsOf("from", span.from, now) ?? to - HOUR;
  if (from >= to) throw wrong("from", "is not before `to`");
  const asked = series?.split(",");
  const unknown = asked?.find((name) => !names.includes(name) && !further.includes(name));
  if (unknown !== undefined)
    throw wrong("series", `there is no ${unknown.slice(0, 40)}: ${[...names, ...further].join(", ")}`);
  // unless told, no more points than a page has dots; asked for, the finest that is kept for so long
  const step = Math.max(span.step ?? Math.ceil((to - from) / FITS), 10, Math.ceil((to - from) / MOST));
  const wanted = { from: Math.floor(from), to: Math.ceil(to) + 1, step, now };
  const history = figureHistory();
  const text = new SeriesText('{"series":');
  const all = asked ?? [...names, ...further.filter((name) => history.has(subject, name))];
  for (const name of all) text.series(name, (add) => history.each(subject, name, { ...wanted, add }));
  return text.end("}");
}

function secondsOf(name: string, text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * SECONDS[unit as keyof typeof SECONDS];
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) / 1000 : Number.NaN;
  if (Number.isNaN(at)) throw wrong(name, "is a time such as 2026-11-21T12:00:00Z, or how long ago: 90m, 6h, 7d");
  return at;
}

function wrong(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}
