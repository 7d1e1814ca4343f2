/** The disks of the host, and when each will be full. */
import { z } from "zod";
import { timestamp } from "#lib/platform/clock.ts";
import { kept } from "#lib/platform/kept.ts";
import { diskSeries, readDisks } from "./disk-space.ts";
import { forecastOf } from "./forecast.ts";
import { figureHistory, HOST } from "./keep.ts";

export const diskSchema = z.object({
  path: z.string().describe("where it is mounted"),
  used: z.number().describe("bytes"),
  total: z.number().describe("bytes, without what only root may fill"),
  fullAt: z
    .string()
    .nullable()
    .describe("RFC 3339, if it goes on growing as it did; null: it does not, or not steadily"),
  perDay: z
    .number()
    .nullable()
    .describe("bytes that it grows by in a day; null: too little is known, or it goes up and down"),
});

export type HostDisk = z.infer<typeof diskSchema>;

/** seconds */
const WEEK = 7 * 86_400;
const HOUR = 3600;
/** milliseconds: what is behind a forecast changes slowly */
const FRESH = 30_000;

/** Real file systems of this machine, the fullest first; none over the network. No older than half a minute. */
export function hostDisks(): Promise<HostDisk[]> {
  return kept("host-disks", FRESH, withForecasts);
}

async function withForecasts(): Promise<HostDisk[]> {
  const now = Date.now() / 1000;
  const disks = (await readDisks()).map((disk): HostDisk => {
    const series = (span: number, step: number) =>
      figureHistory().read(HOST, diskSeries(disk.path), {
        from: Math.floor(now - span),
        to: Math.ceil(now) + 1,
        step,
        now,
      });
    const minutes = series(HOUR, 60);
    const coarse = series(WEEK, HOUR);
    // a day after the first start hours are too few
    const long = coarse.length >= 24 ? coarse : series(86_400, 600);
    const { perDay, fullAt } = forecastOf({ long, recent: minutes, room: disk.total - disk.used });
    return { ...disk, perDay, fullAt: fullAt === null ? null : timestamp(fullAt) };
  });
  return disks.sort((a, b) => b.used / b.total - a.used / a.total);
}
