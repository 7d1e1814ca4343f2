/** Which part of the history somebody asks for, and what there is of it. */
import { z } from "zod";
import { AppError } from "#lib/platform/errors.ts";
import { figureHistory } from "./keep.ts";
import type { Point } from "./rings.ts";

const AGO = /^(\d{1,6})(s|m|h|d)$/;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const HOUR = 3600;
/** points of one series in one answer */
const MOST = 11_000;
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
});

export const seriesSchema = z.record(z.string(), z.array(z.tuple([z.number(), z.number()])));

/** Points `[milliseconds since the epoch, value]` by name of the series. Throws AppError `validation`. */
export function readSeries(
  subject: string,
  names: readonly string[],
  span: z.infer<typeof spanSchema>,
): Record<string, Point[]> {
  const now = Date.now() / 1000;
  const to = secondsOf("to", span.to, now) ?? now;
  const from = secondsOf("from", span.from, now) ?? to - HOUR;
  if (from >= to) throw wrong("from", "is not before `to`");
  // the finest that is kept for so long, and no more points than a page can draw
  const step = Math.max(span.step ?? 10, Math.ceil((to - from) / MOST));
  const wanted = { from: Math.floor(from), to: Math.ceil(to) + 1, step, now };
  return Object.fromEntries(names.map((name) => [name, figureHistory().read(subject, name, wanted)]));
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
