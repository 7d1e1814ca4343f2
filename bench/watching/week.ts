/** A week of figures for many services, written as the server keeps it. */
import fs from "node:fs";
import path from "node:path";
import { type Block, blockStart, emptyBlock, put, RINGS } from "#lib/metrics/rings.ts";
import { SeriesFile } from "#lib/metrics/store.ts";

const DAY = 86_400;
/** hardly two readings alike, which is what packs worst */
const KINDS: Record<string, (at: number, noise: () => number) => number> = {
  cpu: (_, noise) => Math.round(noise() * 3000) / 10_000,
  memory: (at, noise) => 400e6 + (at % 7200) * 1e4 + Math.round(noise() * 1000) * 4096,
};

/** `services`: their ids. Gives the bytes of the file. */
export function writeWeek(folder: string, services: readonly string[]): number {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const target = path.join(folder, "metrics.db");
  const file = new SeriesFile(target);
  const now = Math.floor(Date.now() / 1000);
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (const [name, value] of Object.entries(KINDS)) {
    const blocks = RINGS.flatMap((ring, index) => {
      const made = new Map<number, Block>();
      for (let at = now - Math.min(ring.kept, 7 * DAY); at < now; at += ring.step) {
        const start = blockStart(ring, at);
        const block = made.get(start) ?? emptyBlock(ring, at);
        made.set(start, block);
        put(ring, block, at, value(at, noise));
      }
      return [...made.values()].map((block) => ({ ring: index, block }));
    });
    for (const service of services) file.write(blocks.map((block) => ({ series: file.add(service, name), ...block })));
  }
  file.close();
  return fs.statSync(target).size;
}
