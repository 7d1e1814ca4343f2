import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { pack, packBare, unpack } from "./pack.ts";
import { type Block, blockStart, emptyBlock, meanOf, put, RINGS } from "./rings.ts";
import { SeriesFile } from "./store.ts";

const DAY = 86_400;
const NOW = 1_780_000_000;
/** of each kind of series, hardly two readings alike; containers alone have a network of their own, half of the services here */
const KINDS: Record<string, (at: number, noise: () => number) => number> = {
  cpu: (_, noise) => Math.round(noise() * 3000) / 10_000,
  memory: (at, noise) => 400e6 + (at % 7200) * 1e4 + Math.round(noise() * 1000) * 4096,
  memoryLimit: () => 2 ** 30,
  restarts: (at) => Math.floor(at / 3600) % 5000,
  networkIn: (_, noise) => Math.round(noise() * 1e5),
  networkOut: (_, noise) => Math.round(noise() * 1e6),
  diskRead: (_, noise) => (noise() < 0.2 ? Math.round(noise() * 1e6) : 0),
  diskWrite: (_, noise) => Math.round(noise() * 1e5),
};

test("320 services take less than 200 MB, with all that every pace keeps, and a week of them far less", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-size-"));
  const size = (span: number) => {
    const at = path.join(folder, `${span}.db`);
    const file = new SeriesFile(at);
    for (const [name, value] of Object.entries(KINDS)) {
      const blocks = blocksOf(value, span);
      for (const service of name.startsWith("network") ? ["a"] : ["a", "b"])
        file.write(blocks.map((block) => ({ series: file.add(service, name), ...block })));
    }
    file.close();
    return fs.statSync(at).size / 2;
  };
  const [whole, week] = [size(400 * DAY), size(7 * DAY)];
  fs.rmSync(folder, { recursive: true });
  expect(whole * 320).toBeLessThan(200e6);
  expect(week * 320).toBeLessThan(80e6);
});

test("a block comes out as it went in, also one that was kept before it was packed", () => {
  const values = Float32Array.from({ length: 360 }, (_, at) => (at % 7 === 0 ? Number.NaN : Math.fround(at * 1.1e5)));
  expect([...unpack(pack(values))]).toEqual([...values]);
  expect([...unpack(packBare(values))]).toEqual([...values]);
  expect(() => unpack(Buffer.from("nothing"))).toThrow();
});

/** All blocks of all paces, as far as each keeps them. */
function blocksOf(value: (at: number, noise: () => number) => number, span: number): { ring: number; block: Block }[] {
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return RINGS.flatMap((ring, index) => {
    const blocks = new Map<number, Block>();
    for (let at = NOW - Math.min(ring.kept, span); at < NOW; at += ring.step) {
      const start = blockStart(ring, at);
      const block = blocks.get(start) ?? emptyBlock(ring, at);
      blocks.set(start, block);
      // as the coarser paces are made: the mean of what varies
      const samples = { start: at, values: Float32Array.from([value(at, noise), value(at, noise)]) };
      put(
        ring,
        block,
        at,
        index === 0 ? samples.values[0]! : meanOf({ ...ring, points: 2 }, [samples], at, at + 2 * ring.step),
      );
    }
    return [...blocks.values()].map((block) => ({ ring: index, block }));
  });
}
