import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { archivedFolder } from "./archive/open-rig.ts";
import { atHand, provenWhole } from "./at-hand.ts";
import { uploadCopies } from "./destinations/copies.ts";
import { createDestination } from "./destinations/destinations.ts";
import { type S3Stand, startS3 } from "./destinations/s3-rig.ts";
import { findBackup } from "./store.ts";

const KEY = "local/docker/wa-db";
let scratch: Awaited<ReturnType<typeof openScratch>>;
let stand: S3Stand;
let destination: string;
let file: string;
const job = {
  id: "job",
  signal: new AbortController().signal,
  say: () => undefined,
  progress: () => undefined,
  step: (_name: string, work: (say: (note: string) => void) => Promise<unknown>) => work(() => undefined),
} as unknown as JobHandle;

beforeAll(async () => {
  scratch = await openScratch();
  stand = await startS3();
  const config = { endpoint: stand.endpoint, region: "test-1", bucket: "copies", prefix: "", pathStyle: true };
  const secrets = { accessKeyId: "AKIATEST", secretAccessKey: "canary" };
  destination = (await createDestination({ kind: "s3", name: "s3", config, secrets })).id;
});
afterAll(async () => {
  await stand.close();
  await scratch.close();
});

beforeEach(async () => {
  stand.trouble = null;
  await db().backup.deleteMany();
  const tree = path.join(scratch.folder, "tree");
  const place = `${KEY}/one`;
  const stem = path.join(scratch.folder, "backups", place);
  fs.rmSync(path.join(scratch.folder, "backups"), { recursive: true, force: true });
  for (const folder of [tree, path.dirname(stem)]) fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(tree, "a.txt"), "what is kept");
  const made = await archivedFolder(tree, path.dirname(stem));
  for (const end of [".json", ".tar.zst"]) fs.renameSync(`${made.stem}${end}`, `${stem}${end}`);
  file = `${stem}.tar.zst`;
  const head = JSON.parse(fs.readFileSync(`${stem}.json`, "utf8")) as { sha256: string; size: number };
  await db().backup.create({
    data: {
      ...{ id: "one", source: JSON.stringify({ volume: KEY }), sourceKey: KEY, host: "local", createdAt: new Date() },
      ...{ size: head.size, originalSize: 12, files: 1, sha256: head.sha256, consistency: "live", place },
      ...{ toolName: "trihelm", toolVersion: "0", extra: JSON.stringify({ title: "wa-db" }), verifiedAt: new Date() },
    },
  });
});

const row = async () => (await findBackup("one"))!;
async function prove() {
  const content = await atHand(job, await row());
  const head = await provenWhole(job, await row(), content);
  return { content, head };
}
const copied = async () => {
  const stem = file.slice(0, -".tar.zst".length);
  const { problems } = await uploadCopies("one", { stem, encrypted: false }, [destination], {
    signal: job.signal,
    say: () => undefined,
    progress: () => undefined,
  });
  expect(problems).toEqual([]);
};
const flip = () => {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  fs.writeFileSync(file, bytes);
};

describe.each([
  ["damaged", flip],
  ["gone", () => fs.rmSync(file)],
])("an archive that is %s here", (_, harm) => {
  test("is replaced by its copy, which is proven", async () => {
    await copied();
    harm();
    const { content, head } = await prove();
    expect(head.files).toBe(1);
    expect(await row()).toMatchObject({ damage: null, verifiedAt: expect.any(Date) });
    expect(content.place.stem).toBe(path.join(scratch.folder, "backups", (await row()).place!));
    expect(fs.readdirSync(path.dirname(content.place.stem))).toHaveLength(2);
    expect(await db().intent.count()).toBe(0);
  });

  test("is damaged where there is no copy", async () => {
    harm();
    await expect(prove()).rejects.toThrow(/damaged/);
    expect(await row()).toMatchObject({ damage: expect.any(String), verifiedAt: null });
  });

  test("is merely unproven while the place of its copy is away", async () => {
    await copied();
    harm();
    stand.trouble = () => ({ status: 403, code: "AccessDenied" });
    await expect(prove()).rejects.toThrow(/damaged here/);
    expect(await row()).toMatchObject({ damage: null, verifiedAt: null });
    expect(await db().intent.count()).toBe(0);
  });
});

test("it is damaged where its copy is damaged too", async () => {
  await copied();
  flip();
  for (const [key, { body }] of stand.objects) if (key.endsWith(".zst")) body[5]! ^= 1;
  await expect(prove()).rejects.toThrow(/damaged/);
  expect((await row()).damage).toMatch(/copy/);
});
