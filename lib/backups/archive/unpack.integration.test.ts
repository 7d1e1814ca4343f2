import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { archiveOf, collect, scratchFolder } from "./open-rig.ts";
import { describeTree, plant, trees } from "./tree-rig.ts";
import { unpackTo } from "./unpack.ts";

const { folder, remove } = scratchFolder();
afterAll(remove);

const PACK = [
  "--create",
  "--format=pax",
  "--xattrs",
  "--sparse",
  "--numeric-owner",
  "--pax-option=delete=atime,delete=ctime",
];
let made = 0;

/** A folder with a tree, and the archive of it. */
async function archived(nodes: Parameters<typeof plant>[1]) {
  const source = fs.mkdtempSync(path.join(folder, `source-${made++}-`));
  plant(source, nodes);
  const tar = execFileSync("tar", [...PACK, "-C", source, "."], { maxBuffer: 2 ** 30 });
  return { source, place: await archiveOf({ folder, name: `archive-${made}`, tar }) };
}

const fresh = () => fs.mkdtempSync(path.join(folder, `target-${made++}-`));

describe("whatever a tree holds", () => {
  test("comes back into a folder as it was", async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (nodes) => {
        const { source, place } = await archived(nodes);
        const target = fresh();
        await unpackTo(place, null, { folder: target });
        expect(describeTree(target)).toEqual(describeTree(source));
        fs.rmSync(source, { recursive: true });
        fs.rmSync(target, { recursive: true });
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test("comes out as the tar that went in", async () => {
    const { place, source } = await archived([]);
    const tars: Buffer[] = [];
    await unpackTo(place, null, { write: async (tar) => void tars.push(await collect(tar)) });
    expect(tars[0]?.equals(execFileSync("tar", [...PACK, "-C", source, "."]))).toBe(true);
  });
});
