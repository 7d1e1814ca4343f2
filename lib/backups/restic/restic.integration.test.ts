import { spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import type { Root } from "../archive/archive.ts";
import { repositoryArgs } from "./repository.ts";
import { checkSnapshot, fetchSnapshot, forgetSnapshot, readSnapshot, tidyRepository, writeSnapshot } from "./restic.ts";
import { forgetWrite, leftWrites, noteWrite } from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let tree: string;
const never = new AbortController().signal;

beforeAll(async () => {
  scratch = await openScratch();
  tree = path.join(scratch.folder, "tree");
  fs.mkdirSync(path.join(scratch.folder, "work"));
});
afterAll(() => scratch.close());
beforeEach(() => {
  fs.rmSync(tree, { recursive: true, force: true });
  fs.mkdirSync(path.join(tree, "deep"), { recursive: true });
  fs.writeFileSync(path.join(tree, "a.txt"), "what was kept");
  fs.writeFileSync(path.join(tree, "deep", "big"), randomBytes(6_000_000), { mode: 0o640 });
  fs.symlinkSync("../a.txt", path.join(tree, "deep", "link"));
});

const head = () => ({
  ...{ id: randomUUID(), source: { path: tree }, title: "tree", host: "local", createdAt: new Date().toISOString() },
  ...{ consistency: "live" as const, tool: { name: "trihelm", version: "0" }, context: {} },
});
const root = (more: Partial<Root> = {}): Root => ({
  ...{ prefix: "", from: { kind: "folder", path: tree }, include: [], exclude: [], databases: "as-files" },
  ...more,
});
const stem = () => path.join(scratch.folder, "work", randomUUID());
const store = (roots: Root[] = [root()], signal = never) =>
  writeSnapshot({ stem: stem(), head: head(), roots, signal });
const snapshots = (): { id: string; short_id: string; tags: string[] }[] => {
  const { stdout } = spawnSync("restic", [...repositoryArgs(), "snapshots", "--json"], { encoding: "utf8" });
  return JSON.parse(stdout) ?? [];
};

describe("a backup in restic", { timeout: 120_000 }, () => {
  test("comes back as it went, and what was seen before costs next to nothing", async () => {
    const one = await store();
    expect(one.head).toMatchObject({ files: 2, originalSize: 6_000_013, encrypted: false });
    const again = await store();
    expect(again.head.size).toBeLessThan(one.head.size / 10);
    expect(await checkSnapshot(again.snapshot, again.head.sha256, { signal: never })).toBeNull();
    const out = path.join(scratch.folder, "out");
    fs.mkdirSync(out);
    const chunks: Uint8Array[] = [];
    for await (const piece of readSnapshot(one.snapshot, never)) chunks.push(piece);
    expect(spawnSync("tar", ["-x", "-C", out], { input: Buffer.concat(chunks) }).status).toBe(0);
    expect(spawnSync("diff", ["-r", tree, out], { encoding: "utf8" }).stdout).toBe("");
    expect(fs.readdirSync(path.join(scratch.folder, "work"))).toEqual([]);
  });

  test("is brought back as an archive that stock tools read", async () => {
    const { snapshot, head: made } = await store();
    const to = stem();
    const fetched = await fetchSnapshot(snapshot, made.sha256, { stem: to, head: head(), signal: never });
    expect(fetched).toMatchObject({ files: 2, originalSize: made.originalSize });
    const out = path.join(scratch.folder, "fetched");
    fs.mkdirSync(out);
    expect(spawnSync("sh", ["-c", 'zstd -dc "$1" | tar -x -C "$2"', "-", `${to}.tar.zst`, out]).status).toBe(0);
    expect(spawnSync("diff", ["-r", tree, out], { encoding: "utf8" }).stdout).toBe("");
    for (const file of [`${to}.tar.zst`, `${to}.json`]) fs.rmSync(file);
  });

  test("a source that breaks off leaves no snapshot, and neither does a cancelled one", async () => {
    const before = snapshots().length;
    const broken = root({
      from: {
        kind: "made",
        files: [
          { path: "first", mode: 0o600, data: randomBytes(3_000_000) },
          { path: "second", mode: 0o600, data: () => Promise.reject(new Error("the dump broke off")) },
        ],
      },
    });
    await expect(store([broken])).rejects.toThrow("the dump broke off");
    const ending = new AbortController();
    setTimeout(() => ending.abort(new DOMException("cancelled", "AbortError")), 150);
    fs.writeFileSync(path.join(tree, "huge"), randomBytes(200_000_000));
    await expect(store([root()], ending.signal)).rejects.toThrow("cancelled");
    expect(snapshots()).toHaveLength(before);
  });

  test("is forgotten, twice without harm; what was cut off goes with it, and what no row names stays", async () => {
    const { snapshot } = await store();
    const kept = await store();
    expect(snapshots().map(({ short_id }) => short_id)).toContain(snapshot);
    await forgetSnapshot(snapshot, never);
    await forgetSnapshot(snapshot, never);
    const put = (tag: string, input: string) =>
      spawnSync("restic", [...repositoryArgs(), "backup", "--stdin", "--tag", "trihelm", "--tag", tag], { input });
    await noteWrite("cut-off");
    put("cut-off", "half of it");
    put("of-another-database", "all of it");
    await forgetWrite(kept.head.id);
    await tidyRepository(never);
    const left = snapshots().map(({ short_id }) => short_id);
    expect(left).toContain(kept.snapshot);
    expect(left).not.toContain(snapshot);
    expect(snapshots().flatMap(({ tags }) => tags)).toContain("of-another-database");
    expect(snapshots().flatMap(({ tags }) => tags)).not.toContain("cut-off");
    expect(await leftWrites()).toEqual([]);
    expect(await checkSnapshot(kept.snapshot, kept.head.sha256, { signal: never })).toBeNull();
  });

  test("what the disk has changed is seen", async () => {
    const { snapshot, head: made } = await store();
    const packs = fs.readdirSync(path.join(scratch.folder, "restic", "data"), { recursive: true, withFileTypes: true });
    for (const pack of packs.filter((entry) => entry.isFile())) {
      const file = path.join(pack.parentPath, pack.name);
      const data = fs.readFileSync(file);
      data[Math.floor(data.length / 3)]! ^= 1;
      fs.chmodSync(file, 0o600);
      fs.writeFileSync(file, data);
    }
    expect(await checkSnapshot(snapshot, made.sha256, { signal: never })).toMatch(/restic/);
  });
});
