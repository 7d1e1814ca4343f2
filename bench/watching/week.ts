/** A week of figures for many services, written as the server keeps it. */
import fs from "node:fs";
import path from "node:path";
import { FIGURES, noisyBlocks } from "#lib/metrics/blocks-rig.ts";
import { SeriesFile } from "#lib/metrics/store.ts";

const WEEK = 7 * 86_400;

/** `services`: their ids. Gives the bytes of the file. */
export function writeWeek(folder: string, services: readonly string[]): number {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const target = path.join(folder, "metrics.db");
  const file = new SeriesFile(target);
  const now = Math.floor(Date.now() / 1000);
  for (const name of ["cpu", "memory"] as const) {
    const blocks = noisyBlocks(FIGURES[name], { span: WEEK, now });
    for (const service of services) file.write(blocks.map((block) => ({ series: file.add(service, name), ...block })));
  }
  file.close();
  return fs.statSync(target).size;
}
