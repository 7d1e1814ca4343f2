import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import type { Remote } from "./remote.ts";
import { describeRemote } from "./remote-rig.ts";
import { openS3 } from "./s3.ts";
import { type S3Stand, startS3 } from "./s3-rig.ts";

const never = new AbortController().signal;
const SECRET = "s3cr3t-canary-for-logs";

const open = (stand: S3Stand, more: { prefix?: string; secret?: string; bucket?: string } = {}): Remote =>
  openS3(
    {
      endpoint: stand.endpoint,
      region: "test-1",
      bucket: more.bucket ?? stand.bucket,
      prefix: more.prefix ?? "",
      pathStyle: true,
    },
    { accessKeyId: "AKIATEST", secretAccessKey: more.secret ?? SECRET },
  );

for (const prefix of ["", "/hel-1/nightly/"])
  describeRemote(`S3 below ${JSON.stringify(prefix)}`, async () => {
    const stand = await startS3();
    return {
      remote: open(stand, { prefix }),
      leftovers: async () => [
        ...stand.objects.keys(),
        ...[...stand.uploads.values()].map(({ key }) => `upload of ${key}`),
      ],
      close: stand.close,
    };
  });

describe("S3", () => {
  let stand: S3Stand;
  afterEach(() => stand.close());

  test("large files go in parts, and are proven by the server's tag", async () => {
    stand = await startS3();
    const remote = open(stand);
    const data = randomBytes(20 * 1024 * 1024);
    expect(await remote.put("big", Readable.from([data]), { size: data.length, signal: never })).toEqual({
      proven: true,
    });
    expect(stand.asked.filter((line) => line.includes("partNumber="))).toHaveLength(3);
    expect(await remote.put("small", Readable.from(["x"]), { size: 1, signal: never })).toEqual({ proven: true });
  });

  test("a file that changed on its way is not proven", async () => {
    stand = await startS3();
    stand.trouble = (method) => (method === "PUT" ? "flip" : null);
    expect(await open(stand).put("k", Readable.from(["data"]), { size: 4, signal: never })).toEqual({ proven: false });
  });

  test("parts that a crash has left are taken away by the next put of that key alone", async () => {
    stand = await startS3();
    stand.uploads.set("old", { key: "k", parts: new Map() });
    stand.uploads.set("other", { key: "k2", parts: new Map() });
    await open(stand).put("k", Readable.from(["data"]), { size: 4, signal: never });
    expect([...stand.uploads.keys()]).toEqual(["other"]);
  });

  test("a server that fails in the middle leaves no parts", async () => {
    stand = await startS3();
    stand.trouble = (_, url) =>
      url.searchParams.get("partNumber") === "2" ? { status: 400, code: "QuotaExceeded" } : null;
    const data = Readable.from([randomBytes(30 * 1024 * 1024)]);
    await expect(open(stand).put("k", data, { size: null, signal: never })).rejects.toMatchObject({
      code: "action_failed",
      message: "s3:copies: QuotaExceeded: no",
    });
    expect(stand.uploads.size).toBe(0);
    expect(stand.objects.size).toBe(0);
  });

  test("a connection that is cut once is tried again", async () => {
    stand = await startS3();
    let cuts = 0;
    stand.trouble = (method) => (method === "PUT" && cuts++ === 0 ? "drop" : null);
    await open(stand).put("k", Readable.from(["data"]), { size: 4, signal: never });
    expect(String(stand.objects.get("k")?.body)).toBe("data");
  });

  test.each([
    ["a wrong bucket", { bucket: "nobodys" }, /^s3:nobodys: NoSuchBucket/],
    ["nothing there", { down: true }, /^s3:copies: .*ECONNREFUSED/],
  ])("%s is told in the server's words, without secrets", async (_, how, words) => {
    stand = await startS3();
    const remote = open(stand, "bucket" in how ? { bucket: how.bucket } : {});
    if ("down" in how) await stand.close();
    const error = await remote.list("", never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "action_failed", message: expect.stringMatching(words) });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(SECRET);
  });
});
