import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { FIGURES, noisyBlocks } from "./blocks-rig.ts";
import { pack, packBare, unpack } from "./pack.ts";
import { SeriesFile } from "./store.ts";

const DAY = 86_400;
const NOW = 1_780_000_000;

test("320 services take less than 200 MB, with all that every pace keeps, and a week of them far less", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-size-"));
  const size = (span: number) => {
    const at = path.join(folder, `${span}.db`);
    const file = new SeriesFile(at);
    for (const [name, value] of Object.entries(FIGURES)) {
      const blocks = noisyBlocks(value, { span, now: NOW });
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
