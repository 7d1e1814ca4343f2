import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { holdNames } from "#lib/jobs/run.ts";
import { uploadCopies } from "../destinations/copies.ts";
import { createDestination } from "../destinations/destinations.ts";
import { type S3Stand, startS3 } from "../destinations/s3-rig.ts";
import { serverFolder } from "../destinations/server-folder.ts";
import { applyRetention } from "./prune.ts";

const KEY = "local/docker/wa-db";
let scratch: Awaited<ReturnType<typeof openScratch>>;
let stand: S3Stand;
let said: string[];
const job = {
  signal: new AbortController().signal,
  say: (line: string) => void said.push(line),
  progress: () => undefined,
};

beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());
beforeEach(async () => {
  said = [];
  stand = await startS3();
  await db().backup.deleteMany();
  await db().schedule.deleteMany();
  await db().schedule.create({
    data: {
      ...{ id: "plan", source: JSON.stringify({ volume: KEY }), sourceKey: KEY, cron: "0 3 * * *", timezone: "UTC" },
      ...{ keep: JSON.stringify({ last: 1, daily: 0, weekly: 0, monthly: 0 }), consistency: "pause" },
    },
  });
});
afterEach(() => stand.close());

const stemOf = (id: string) => path.join(scratch.folder, "backups", KEY, id);

async function backup(id: string, day: number, more = {}): Promise<void> {
  fs.mkdirSync(path.dirname(stemOf(id)), { recursive: true });
  fs.writeFileSync(`${stemOf(id)}.tar.zst`, "x");
  fs.writeFileSync(`${stemOf(id)}.json`, "{}");
  const createdAt = new Date(Date.UTC(2026, 4, day));
  await db().backup.create({
    data: {
      ...{
        id,
        source: JSON.stringify({ volume: KEY }),
        sourceKey: KEY,
        host: "local",
        createdAt,
        verifiedAt: createdAt,
      },
      ...{ size: 1, originalSize: 1, files: 1, consistency: "pause", toolName: "trihelm", toolVersion: "0" },
      ...{ sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", schedule: "plan" },
      ...{ place: `${KEY}/${id}`, ...more },
    },
  });
}
const rows = async () => (await db().backup.findMany({ orderBy: { createdAt: "asc" } })).map(({ id }) => id);
const files = () => fs.readdirSync(path.join(scratch.folder, "backups", KEY)).sort();
const trail = async (subject: string) =>
  (await db().auditEntry.findMany({ where: { subject }, orderBy: { seq: "asc" } })).map(
    ({ actor, action, outcome }) => `${actor} ${action} ${outcome}`,
  );

test("removes files, copies and rows of what is not kept, each with its rows in the trail", async () => {
  const config = { endpoint: stand.endpoint, region: "test-1", bucket: "copies", prefix: "", pathStyle: true };
  const secrets = { accessKeyId: "AKIATEST", secretAccessKey: "s" };
  const destination = await createDestination({ kind: "s3", name: "s3", config, secrets });
  for (const [day, id] of ["one", "two", "three"].entries()) {
    await backup(id, day + 1);
    await uploadCopies(id, { stem: stemOf(id), encrypted: false }, [destination.id], job);
  }
  expect(stand.objects.size).toBe(6);
  expect(await applyRetention(KEY, job)).toBe(2);
  expect(await rows()).toEqual(["three"]);
  expect(files()).toEqual(["three.json", "three.tar.zst"]);
  expect([...stand.objects.keys()].sort()).toEqual(
    ["three.json", "three.tar.zst"].map((name) => `${serverFolder()}/${KEY}/${name}`),
  );
  expect(await trail("one")).toEqual(["schedule backup.delete intended", "schedule backup.delete done"]);
  expect(await applyRetention(KEY, job)).toBe(0);

  await backup("four", 4);
  stand.trouble = () => ({ status: 403, code: "AccessDenied" });
  expect(await applyRetention(KEY, job)).toBe(0);
  // the disk has its room back, and the copy is still known
  expect(await rows()).toEqual(["three", "four"]);
  expect(files()).toEqual(["four.json", "four.tar.zst"]);
  expect(await db().backup.findUniqueOrThrow({ where: { id: "three" } })).toMatchObject({ place: null, damage: null });
  expect(said.at(-1)).toMatch(/stays: s3:copies: AccessDenied/);
  stand.trouble = null;
  expect(await applyRetention(KEY, job)).toBe(1);
  expect(stand.objects.size).toBe(0);
});

test("leaves what a job works with until it has ended", async () => {
  await backup("old", 1);
  await backup("new", 2);
  const letGo = await holdNames(["backup old"], new AbortController().signal);
  expect(await applyRetention(KEY, job)).toBe(0);
  expect(said).toEqual([expect.stringMatching(/stays: a job works with it/)]);
  letGo();
  expect(await applyRetention(KEY, job)).toBe(1);
  expect(await rows()).toEqual(["new"]);
});

test("keeps the newest good one behind damaged ones, and other sources alone", async () => {
  await backup("good", 1);
  await backup("bad", 2, { damage: '"a bit flipped"' });
  await backup("other", 1, { sourceKey: "local/docker/other" });
  expect(await applyRetention(KEY, job)).toBe(0);
  expect(await rows()).toEqual(["good", "other", "bad"]);
});
