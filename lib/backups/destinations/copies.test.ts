import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { type CopyWork, fetchCopy, removeCopies, uploadCopies } from "./copies.ts";
import { checkDestination, createDestination, requireDestination } from "./destinations.ts";
import { type S3Stand, startS3 } from "./s3-rig.ts";
import { serverFolder } from "./server-folder.ts";
import { type Copy, findCopied } from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let stand: S3Stand;
let destination: string;
let said: string[] = [];

const SECRET = "canary-s3cret";
const KEY = "local/docker/wa-db";

beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());
beforeEach(async () => {
  stand = await startS3();
  await db().destination.deleteMany();
  await db().backup.deleteMany();
  said = [];
  destination = (await create("s3", stand.endpoint)).id;
});
afterEach(() => stand.close());

function create(name: string, endpoint: string) {
  const config = { endpoint, region: "test-1", bucket: "copies", prefix: "hel-1", pathStyle: true };
  return createDestination({ kind: "s3", name, config, secrets: { accessKeyId: "AKIATEST", secretAccessKey: SECRET } });
}

function work(signal = new AbortController().signal): CopyWork & { reached: number } {
  const state = {
    signal,
    reached: 0,
    say: (line: string) => said.push(line),
    progress({ done }: { done: number }) {
      state.reached = done;
    },
  };
  return state as CopyWork & { reached: number };
}

/** An archive as it lies there, and its row. */
async function backup(id: string, { encrypted = false, size = 300_000 } = {}) {
  const place = `${KEY}/${id}`;
  const stem = path.join(scratch.folder, "backups", place);
  const archive = randomBytes(size);
  const ending = encrypted ? ".tar.zst.age" : ".tar.zst";
  fs.mkdirSync(path.dirname(stem), { recursive: true });
  fs.writeFileSync(`${stem}${ending}`, archive);
  fs.writeFileSync(`${stem}.json`, `{"of":"${id}"}`);
  if (encrypted) fs.writeFileSync(`${stem}.entries.zst.age`, `entries of ${id}`);
  const sha256 = createHash("sha256").update(archive).digest("hex");
  await db().backup.create({
    data: {
      ...{ id, source: JSON.stringify({ volume: KEY }), sourceKey: KEY, host: "local", createdAt: new Date() },
      ...{ size, originalSize: size, files: 1, sha256, consistency: "pause", encrypted },
      ...{ toolName: "trihelm", toolVersion: "0", place, extra: JSON.stringify({ title: "wa-db" }) },
    },
  });
  return { id, archive, at: { stem, encrypted }, file: `${stem}${ending}` };
}

const there = () => [...stand.objects.keys()].sort();

describe.each([false, true])("encrypted: %s", (encrypted) => {
  test("goes there with what lies beside it, comes back as it was, and is removed whole", async () => {
    const made = await backup("b1", { encrypted, size: 9_000_000 });
    const job = work();
    expect(await uploadCopies(made.id, made.at, [destination, "local"], job)).toEqual({ problems: [] });
    expect(job.reached).toBe(9_000_000);
    const ends = encrypted ? [".entries.zst.age", ".json", ".tar.zst.age"] : [".json", ".tar.zst"];
    expect(there()).toEqual(ends.map((end) => `hel-1/${serverFolder()}/${KEY}/b1${end}`));
    const expected: Partial<Copy>[] = [
      { destination, name: `s3:copies/hel-1/${serverFolder()}/${KEY}/b1${ends.at(-1)}` },
    ];
    expect(await findCopied("b1")).toMatchObject({ copies: expected, owed: [] });

    fs.rmSync(path.dirname(made.at.stem), { recursive: true });
    const back = path.join(scratch.folder, "backups", "elsewhere", "b1");
    expect(await fetchCopy("b1", back, work())).toEqual({ stem: back, encrypted });
    expect(fs.readFileSync(`${back}${ends.at(-1)}`).equals(made.archive)).toBe(true);
    expect(fs.readdirSync(path.dirname(back)).sort()).toEqual(ends.map((end) => `b1${end}`).sort());

    await removeCopies("b1", new AbortController().signal);
    expect(there()).toEqual([]);
    expect((await findCopied("b1"))?.copies).toEqual([]);
    fs.rmSync(path.dirname(back), { recursive: true });
  });
});

test("two servers with one place and one prefix do not write over each other's copies", async () => {
  expect(serverFolder()).toMatch(/^trihelm-[0-9a-f]{12}$/);
  const made = await backup("b1");
  await uploadCopies("b1", made.at, [destination], work());
  expect(there().every((key) => key.startsWith(`hel-1/${serverFolder()}/`))).toBe(true);
});

test("what was cut off behind the archive is not left there when the backup goes", async () => {
  const made = await backup("b1");
  stand.trouble = (_, url) => (url.pathname.endsWith(".json") ? { status: 403, code: "AccessDenied" } : null);
  await uploadCopies("b1", made.at, [destination], work());
  expect(there()).toHaveLength(1);
  stand.trouble = null;
  await removeCopies("b1", new AbortController().signal);
  expect(there()).toEqual([]);
});

test("what is there already is not sent again", async () => {
  const made = await backup("b1");
  await uploadCopies("b1", made.at, [destination], work());
  const asked = stand.asked.length;
  await uploadCopies("b1", made.at, [destination], work());
  expect(stand.asked.length).toBe(asked);
});

test("a destination that is away is told, stops no other, and gets what it missed at the next run", async () => {
  const other = await startS3();
  const second = (await create("second", other.endpoint)).id;
  const one = await backup("b1");
  stand.trouble = () => ({ status: 403, code: "AccessDenied" });
  const { problems } = await uploadCopies("b1", one.at, [destination, second], work());
  expect(problems).toEqual(["s3:copies: AccessDenied: no"]);
  expect([...other.objects.keys()]).toHaveLength(2);
  expect(await requireDestination(destination)).toMatchObject({ problem: problems[0], failingAt: expect.any(Date) });
  const failingSince = (await requireDestination(destination)).failingAt;
  const two = await backup("b2");
  await uploadCopies("b2", two.at, [destination], work());
  expect((await requireDestination(destination)).failingAt).toEqual(failingSince);

  stand.trouble = null;
  const three = await backup("b3");
  expect(await uploadCopies("b3", three.at, [destination], work())).toEqual({ problems: [] });
  expect(there().filter((key) => key.endsWith(".tar.zst"))).toHaveLength(3);
  expect(await requireDestination(destination)).toMatchObject({ problem: null, failingAt: null });
  expect((await findCopied("b1"))?.owed).toEqual([]);
  expect(JSON.stringify([problems, said])).not.toContain(SECRET);
  await other.close();
});

test("an archive that has rotted on this disk is not passed on as a copy", async () => {
  const made = await backup("b1");
  fs.writeFileSync(made.file, Buffer.alloc(300_000));
  const { problems } = await uploadCopies("b1", made.at, [destination], work());
  expect(problems).toEqual([expect.stringContaining("is not what it was")]);
  expect(there()).toEqual([]);
  expect((await findCopied("b1"))?.copies).toEqual([]);
});

test("a copy that changed on its way is seen, and removed", async () => {
  const made = await backup("b1");
  stand.trouble = (method, url) => (method === "PUT" && url.pathname.endsWith(".zst") ? "flip" : null);
  const { problems } = await uploadCopies("b1", made.at, [destination], work());
  expect(problems).toEqual([expect.stringContaining("came back changed")]);
  expect(there()).toEqual([]);
});

test("a copy that has rotted there is not brought back", async () => {
  const made = await backup("b1");
  await uploadCopies("b1", made.at, [destination], work());
  stand.objects.get(`hel-1/${serverFolder()}/${KEY}/b1.tar.zst`)!.body[5]! ^= 1;
  const back = path.join(scratch.folder, "backups", "again", "b1");
  await expect(fetchCopy("b1", back, work())).rejects.toMatchObject({
    code: "action_failed",
    message: expect.stringContaining("its hash is another"),
  });
  expect(fs.readdirSync(path.dirname(back))).toEqual([]);
});

test("the second place is asked where the first has lost it", async () => {
  const other = await startS3();
  const second = (await create("second", other.endpoint)).id;
  const made = await backup("b1");
  await uploadCopies("b1", made.at, [destination, second], work());
  stand.objects.clear();
  const back = path.join(scratch.folder, "backups", "second", "b1");
  await fetchCopy("b1", back, work());
  expect(fs.readFileSync(`${back}.tar.zst`).equals(made.archive)).toBe(true);
  await other.close();
});

test("cancelled in the middle: nothing is left there, and the copy is still owed", async () => {
  const made = await backup("b1", { size: 40_000_000 });
  const ending = new AbortController();
  const job = work(ending.signal);
  job.progress = ({ done }) => {
    if (done > 10_000_000) ending.abort(new DOMException("cancelled", "AbortError"));
  };
  await expect(uploadCopies("b1", made.at, [destination], job)).rejects.toThrow("cancelled");
  expect(there()).toEqual([]);
  expect(stand.uploads.size).toBe(0);
  expect((await findCopied("b1"))?.owed).toEqual([destination]);
});

test("a check tries all that copies need, and leaves nothing", async () => {
  const row = await requireDestination(destination);
  expect(await checkDestination(row, new AbortController().signal)).toMatchObject({
    problem: null,
    failingSince: null,
  });
  expect(there()).toEqual([]);
  stand.trouble = (method) => (method === "GET" ? { status: 403, code: "AccessDenied" } : null);
  const failing = await checkDestination(row, new AbortController().signal);
  expect(failing.problem).toBe("s3:copies: AccessDenied: no");
  expect(JSON.stringify(failing)).not.toContain(SECRET);
});

test("no secret is in the rows as it is", async () => {
  expect(JSON.stringify(await db().destination.findMany())).not.toContain(SECRET);
});
