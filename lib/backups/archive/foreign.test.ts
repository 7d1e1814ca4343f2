import { writeFileSync } from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { listFolder, openFile } from "./browse.ts";
import { readForeign } from "./foreign.ts";
import { FOREIGN_LIMITS } from "./hostile.ts";
import { HOSTILE, tarOf } from "./hostile-rig.ts";
import { collect, compress, scratchFolder } from "./open-rig.ts";
import { verifyArchive } from "./verify.ts";

// whole archives are made for each case, on machines that have other things to do
vi.setConfig({ testTimeout: 30_000 });

const { folder, remove } = scratchFolder();
afterAll(remove);

const { signal } = new AbortController();
let made = 0;

async function adopt(bytes: Uint8Array, more: Partial<Parameters<typeof readForeign>[1]> = {}) {
  const file = path.join(folder, `upload-${made++}`);
  writeFileSync(file, bytes);
  const stem = path.join(folder, `adopted-${made}`);
  const about = { id: "01", title: "import", host: "local", createdAt: "2026-11-20T03:00:00Z" };
  const head = {
    ...about,
    consistency: "stop",
    source: {},
    tool: { name: "trihelm", version: "0" },
    context: {},
  } as const;
  await readForeign(file, { stem, head, signal, ...more });
  return { stem, encrypted: false };
}

const tar = tarOf([
  { name: "top/", flag: "5", mode: 0o755 },
  { name: "top/a/b", data: "content", pax: { mtime: "1700000000.5" } },
  { name: "top/h", flag: "1", link: "top/a/b" },
  { name: "././@LongLink", flag: "L", data: `top/${"n".repeat(150)}\0` },
  { name: "top/n", data: "long" },
  { name: "top/l", link: "a/b" },
]);

describe("an archive from elsewhere", () => {
  test.each<[string, Uint8Array]>([
    ["a tar", tar],
    ["a tar.gz", zlib.gzipSync(tar)],
    ["a tar.gz of two members", Buffer.concat([zlib.gzipSync(tar.subarray(0, 700)), zlib.gzipSync(tar.subarray(700))])],
    ["a tar.gz filled up with zeros", Buffer.concat([zlib.gzipSync(tar), Buffer.alloc(512)])],
    ["a tar.zst", compress(tar)],
    ["a tar.zst of two frames", Buffer.concat([compress(tar.subarray(0, 700)), compress(tar.subarray(700))])],
  ])("becomes one of ours: %s", async (_, bytes) => {
    const place = await adopt(bytes);
    expect(await verifyArchive(place, null)).toMatchObject({ head: { title: "import" } });
    const { items } = await listFolder(place, null, "/top");
    expect(items.map(({ name }) => name)).toEqual(["a", "h", "l", "n".repeat(150)]);
    expect((await collect(await openFile(place, null, "/top/h"))).toString()).toBe("content");
  });

  test.each(HOSTILE.filter(({ what }) => what !== "nothing"))("is refused: $what", async ({ tar: hostile, says }) => {
    await expect(adopt(zlib.gzipSync(hostile()))).rejects.toThrow(says);
  });

  test.each<[string, Uint8Array, string]>([
    ["an empty file", Buffer.alloc(0), "empty"],
    ["a zip", Buffer.from("PK\x03\x04 and so on"), "zip"],
    ["a 7z", Buffer.from("7z\xbc\xaf\x27\x1c\0", "latin1"), "7z"],
    ["an xz", Buffer.from("\xfd7zXZ\0\0", "latin1"), "xz -d"],
    ["an age file", Buffer.from("age-encryption.org/v1\n-> X25519 x\n"), "age -d"],
    ["a text", Buffer.from("hello ".repeat(200)), "no archive that can be imported"],
    ["a packed text", compress(Buffer.from("hello ".repeat(200))), "one file packed by zstd"],
    ["a short packed text", zlib.gzipSync(Buffer.from("hello")), "cut off"],
    ["a tar.gz that is cut off", zlib.gzipSync(tar).subarray(0, 150), "cut off"],
    ["a tar.zst that is cut off", compress(tar).subarray(0, 150), "cut off"],
    ["a tar.gz with garbage behind it", Buffer.concat([zlib.gzipSync(tar), Buffer.from("garbage")]), "damaged"],
    [
      "a tar.gz with garbage behind zeros",
      Buffer.concat([zlib.gzipSync(tar), Buffer.from("\0garbage")]),
      "stands behind",
    ],
    ["a tar.zst with garbage behind it", Buffer.concat([compress(tar), Buffer.from("garbage")]), "not compressed data"],
    ["two tars in one gzip", zlib.gzipSync(Buffer.concat([tar, tar])), "followed by something else"],
    ["two tars in two members", Buffer.concat([zlib.gzipSync(tar), zlib.gzipSync(tar)]), "followed by something else"],
  ])("is told to be %s", async (_, bytes, says) => {
    await expect(adopt(bytes)).rejects.toThrow(says);
  });

  test("is refused where it grows out of all proportion", async () => {
    const bomb = compress(tarOf([{ name: "x", data: Buffer.alloc(1_100_000_000 / 10) }]));
    await expect(adopt(bomb, { limits: { ...FOREIGN_LIMITS, bytes: 100_000_000 } })).rejects.toThrow(
      "say to hold more than",
    );
  });

  test("stops when it is told to", async () => {
    await expect(adopt(tar, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
