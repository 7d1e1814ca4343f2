import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { compareWith } from "./compare.ts";
import { HOSTILE, inChunks, tarOf } from "./hostile-rig.ts";
import { archiveFile, openTar } from "./open.ts";
import { alter, archivedFolder, archiveOf, collect, compress, scratchFolder } from "./open-rig.ts";
import { scanTar } from "./tar-scan.ts";
import { describeTree, plant, type TreeNode, trees } from "./tree-rig.ts";
import { unpackTo } from "./unpack.ts";
import { verifyArchive } from "./verify.ts";

const { folder, remove } = scratchFolder();
afterAll(remove, 120_000);

const fresh = (what: string) => fs.mkdtempSync(path.join(folder, `${what}-`));

function planted(nodes: readonly TreeNode[]): string {
  const source = fresh("source");
  plant(source, nodes);
  return source;
}

/** The same entries in another order: as an engine would give them, or the disk. */
function tarOfFolder(source: string): AsyncIterable<Uint8Array> {
  const pack = ["--create", "--format=pax", "--xattrs", "--numeric-owner", "--sort=inode", "-C", source, "."];
  return inChunks(execFileSync("tar", pack, { maxBuffer: 2 ** 30 }), 100_000);
}

describe("whatever a tree holds", () => {
  test("comes back as it was, and is found to be the same by every way of looking", async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (nodes) => {
        const source = planted(nodes);
        const place = await archivedFolder(source, fresh("place"));
        expect(await verifyArchive(place, null)).toHaveProperty("head");
        const target = fresh("target");
        await unpackTo(place, null, { folder: target });
        expect(describeTree(target)).toEqual(describeTree(source));
        expect((await compareWith(place, null, { folder: target })).differing).toEqual([]);
        expect((await compareWith(place, null, scanTar(tarOfFolder(target)))).differing).toEqual([]);
        for (const gone of [source, target, path.dirname(place.stem)]) fs.rmSync(gone, { recursive: true });
      }),
      { numRuns: 25 },
    );
  }, 180_000);

  test("comes out as the tar that is in the archive", async () => {
    const place = await archivedFolder(planted(fc.sample(trees, { numRuns: 1, seed: 5 })[0] ?? []), fresh("place"));
    const tars: Buffer[] = [];
    await unpackTo(place, null, { write: async (tar) => void tars.push(await collect(tar)) });
    expect(tars[0]?.equals(await collect(openTar(place, null)))).toBe(true);
  });

  test("comes back from an encrypted archive", async () => {
    const identity = await generateIdentity();
    const source = planted(fc.sample(trees, { numRuns: 1, seed: 7 })[0] ?? []);
    const place = await archivedFolder(source, fresh("place"), {
      kind: "recipient",
      recipient: await identityToRecipient(identity),
    });
    const target = fresh("target");
    await unpackTo(place, { kind: "identity", identity }, { folder: target });
    expect(describeTree(target)).toEqual(describeTree(source));
  });
});

describe("some of it", () => {
  const tar = tarOf([
    { name: "./", flag: "5", mode: 0o755 },
    { name: "./v/", flag: "5", mode: 0o755 },
    { name: "./v/a/", flag: "5", mode: 0o710 },
    { name: "./v/a/x", data: "x" },
    { name: "./v/b/", flag: "5", mode: 0o755 },
    { name: "./v/b/h", flag: "1", link: "./v/a/x" },
    { name: "./v/b/i", flag: "1", link: "./v/a/x" },
    { name: "./v/b/h2", data: "h2" },
    { name: "./vv/", flag: "5", mode: 0o755 },
  ]);

  async function namesOf(selection: Parameters<typeof unpackTo>[3]): Promise<string[]> {
    const target = fresh("target");
    await unpackTo(await archiveOf({ folder: fresh("place"), tar }), null, { folder: target }, selection);
    return describeTree(target).flatMap((line) => (line.startsWith("/") ? [line.split("|")[0] ?? ""] : []));
  }

  test("is a tree below a folder, which becomes the root", async () => {
    expect(await namesOf({ prefix: "v" })).toEqual(["/a", "/a/x", "/b", "/b/h", "/b/h2", "/b/i"]);
  });

  test("is the paths that were asked for, with the folders above them", async () => {
    expect(await namesOf({ paths: ["/v/a"] })).toEqual(["/v", "/v/a", "/v/a/x"]);
    expect(await namesOf({ prefix: "/v/", paths: ["b/h2"] })).toEqual(["/b", "/b/h2"]);
  });

  test("is whole where its first name stays behind", async () => {
    const target = fresh("target");
    const place = await archiveOf({ folder: fresh("place"), tar });
    await unpackTo(place, null, { folder: target }, { prefix: "v", paths: ["b"] });
    expect(fs.readFileSync(`${target}/b/i`, "utf8")).toBe("x");
    expect(fs.statSync(`${target}/b/i`).ino).toBe(fs.statSync(`${target}/b/h`).ino);
    expect(fs.existsSync(`${target}/a`)).toBe(false);
  });

  test("is an error where there is none", async () => {
    await expect(namesOf({ paths: ["w"] })).rejects.toThrow("Nothing of what was selected");
  });
});

describe("a target", () => {
  const plain = tarOf([
    { name: "./", flag: "5" },
    { name: "./x", data: Buffer.alloc(3_000_000, 1) },
  ]);

  test.each(HOSTILE.filter(({ own }) => own))("is not touched by $what", async ({ tar, what }) => {
    const place = await archiveOf({ folder: fresh("place"), tar: plain }, ({ head }) =>
      Object.assign(head, { entries: 100 }),
    );
    alter(archiveFile(place), () => (what === "nothing" ? Buffer.alloc(0) : compress(tar())));
    const target = fresh("target");
    await expect(unpackTo(place, null, { folder: target })).rejects.toThrow();
    expect(fs.readdirSync(target)).toEqual([]);
    const writer = { write: async () => Promise.reject(new Error("was asked to write")) };
    await expect(unpackTo(place, null, writer)).rejects.not.toThrow("was asked");
  });

  test("must be empty and a folder", async () => {
    const place = await archiveOf({ folder: fresh("place"), tar: plain });
    const target = fresh("target");
    fs.writeFileSync(`${target}/there`, "");
    await expect(unpackTo(place, null, { folder: target })).rejects.toThrow("empty folder only");
    fs.symlinkSync(fresh("elsewhere"), `${target}/link`);
    await expect(unpackTo(place, null, { folder: `${target}/link` })).rejects.toThrow("empty folder only");
  });

  test("that fails is told in its own words, and one that stops early is no success", async () => {
    const place = await archiveOf({ folder: fresh("place"), tar: plain });
    const full = async (tar: AsyncIterable<Uint8Array>) => {
      for await (const _ of tar) throw new Error("no space left");
    };
    await expect(unpackTo(place, null, { write: full })).rejects.toThrow("no space left");
    await expect(unpackTo(place, null, { write: async () => undefined })).rejects.toThrow("not taken to its end");
  });

  test("is left when it is told to", async () => {
    const place = await archiveOf({ folder: fresh("place"), tar: plain });
    const stop = new AbortController();
    const target = fresh("target");
    const onProgress = () => stop.abort(new Error("enough"));
    await expect(unpackTo(place, null, { folder: target }, { signal: stop.signal, onProgress })).rejects.toThrow(
      "enough",
    );
    fs.rmSync(target, { recursive: true });
    expect(fs.existsSync(target)).toBe(false);
  });
});
