import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "./archive-rig.ts";
import { encodeEntry, type NewEntry } from "./tar-encode.ts";
import { encodeHeader, padding, TRAILER } from "./tar-header.ts";
import { paxRecord } from "./tar-pax.ts";
import { attributesOf, scanTar } from "./tar-scan.ts";

async function scan(tar: Uint8Array, size = tar.length) {
  const found: { path: string; type: string; size: number; target: string | null; content: Buffer; uid: number }[] = [];
  for await (const entry of scanTar(inPieces(tar, size))) {
    const content = Buffer.concat(await Array.fromAsync(entry.content()));
    found.push({ path: entry.path, type: entry.type, size: entry.size, target: entry.target, uid: entry.uid, content });
  }
  return found;
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function entry(more: Partial<NewEntry> & { content?: Buffer } = {}): Buffer {
  const content = more.content ?? Buffer.alloc(0);
  const head = encodeEntry({
    ...{ name: Buffer.from("./a"), type: "file", stored: content.length, mode: 0o644, uid: 0, gid: 0, link: null },
    ...{ mtime: { seconds: 1, nanos: 0 }, device: null, pax: new Map(), sparse: null, ...more },
  });
  return Buffer.concat([...head, content, padding(content.length)]);
}

const whole = (...parts: Buffer[]) => Buffer.concat([...parts, TRAILER]);

describe("what GNU tar writes", () => {
  let folder = "";
  const long = "n".repeat(180);
  beforeAll(() => {
    folder = scratchFolder();
    fs.mkdirSync(path.join(folder, long));
    fs.writeFileSync(path.join(folder, "holes"), "begin");
    fs.truncateSync(path.join(folder, "holes"), 3_000_000);
    for (let n = 1; n < 8; n += 1) {
      const fd = fs.openSync(path.join(folder, "holes"), "r+");
      fs.writeSync(fd, `piece ${n}`, n * 300_000);
      fs.closeSync(fd);
    }
    fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/${long}/`), Buffer.from([0xff, 0x0a, 0x5c])]), "odd");
    fs.symlinkSync("x".repeat(150), path.join(folder, "link"));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test.each([
    ["pax, holes 1.0", ["--format=pax", "-S"]],
    ["pax, holes 0.1", ["--format=pax", "-S", "--sparse-version=0.1"]],
    ["pax, holes 0.0", ["--format=pax", "-S", "--sparse-version=0.0"]],
    ["gnu", ["--format=gnu", "-S"]],
    ["oldgnu", ["--format=oldgnu", "-S"]],
    ["gnu without holes", ["--format=gnu"]],
  ])("%s is read alike, however it is cut", async (_, format) => {
    const tar = execFileSync("tar", ["c", ...format, "-C", folder, "."], { maxBuffer: 1e9 });
    const holes = createHash("sha256")
      .update(fs.readFileSync(path.join(folder, "holes")))
      .digest("hex");
    for (const size of [tar.length, 4096, 511]) {
      const found = await scan(tar, size);
      expect(found.map((one) => one.path).sort()).toEqual([".", "holes", "link", long, `${long}/\\xff\\x0a\\x5c`]);
      const sparse = found.find((one) => one.path === "holes")!;
      expect(sparse.size).toBe(3_000_000);
      expect(createHash("sha256").update(sparse.content).digest("hex")).toBe(holes);
      expect(found.find((one) => one.type === "link")?.target).toBe("x".repeat(150));
    }
  });
});

describe("headers beyond ustar", () => {
  test("numbers, times and attributes come back", async () => {
    const pax = new Map([["SCHILY.xattr.user.note", Buffer.from([0, 10, 255])]]);
    const tar = whole(entry({ uid: 4_000_000, mtime: { seconds: -2, nanos: 500_000_000 }, pax }));
    const [one] = await Array.fromAsync(scanTar(inPieces(tar, 100)));
    expect(one).toMatchObject({ uid: 4_000_000, mtime: { seconds: -2, nanos: 500_000_000 } });
    expect(attributesOf(one!)).toEqual(new Map([["user.note", Buffer.from([0, 10, 255])]]));
  });

  test("base 256 is read", async () => {
    const block = encodeHeader({ name: Buffer.from("./a"), flag: "0", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 });
    block.writeUInt32BE(0x80000000, 108);
    block.writeUInt32BE(3_000_000, 112);
    expect((await scan(whole(withSum(block))))[0]?.uid).toBe(3_000_000);
  });

  test("a global header holds until it is taken back", async () => {
    const body = paxRecord("uid", "77");
    const global = encodeHeader({ ...GLOBAL, size: body.length });
    const tar = whole(global, body, Buffer.from(padding(body.length)), entry(), entry({ uid: 3_000_000 }));
    expect((await scan(tar)).map((one) => one.uid)).toEqual([77, 3_000_000]);
  });
});

const GLOBAL = { name: Buffer.from("g"), flag: "g", mode: 0, uid: 0, gid: 0, mtime: 0 };

function withSum(block: Buffer): Buffer {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

describe("what cannot be is an error", () => {
  const header = (change: (block: Buffer) => void) => {
    const block = entry().subarray(0, 512);
    change(block);
    return withSum(block);
  };
  test.each([
    ["nothing at all", Buffer.alloc(0), "is empty"],
    ["no end", entry(), "is cut off"],
    ["text", Buffer.alloc(1024, "text"), "checksum is wrong"],
    ["a changed header", entry().fill(0x62, 2, 3), "checksum is wrong"],
    ["a negative size", whole(header((block) => block.fill(0xff, 124, 136))), "negative size"],
    ["a size that is no number", whole(header((block) => block.write("zz", 124))), "a number that is none"],
    ["a kind that is not known", whole(header((block) => block.write("Q", 156))), "a kind that is not known"],
    ["a link with content", whole(entry({ type: "link", link: Buffer.from("b"), stored: 512 })), "content where none"],
    ["a pax header of 4 GiB", whole(encodeHeader({ ...GLOBAL, flag: "x", size: 2 ** 32 })), "beyond all bounds"],
    ["a long name of 1 MiB", whole(encodeHeader({ ...GLOBAL, flag: "L", size: 2 ** 20 })), "beyond all bounds"],
    ["an end in between", Buffer.concat([Buffer.alloc(512), entry()]), "goes on where it ends"],
    ["pieces that overlap", whole(holes([0, 10, 5, 10], 20)), "overlap or leave it"],
    ["pieces beyond the file", whole(holes([0, 10, 90, 20], 30)), "overlap or leave it"],
    ["pieces that are more than is stored", whole(holes([0, 10], 30)), "not what is stored"],
  ])("%s", async (_, tar, words) => {
    await expect(scan(tar)).rejects.toThrow(words);
  });

  function holes(extents: number[], stored: number): Buffer {
    return entry({ sparse: { size: 100, extents }, content: Buffer.alloc(stored) });
  }

  test("and so is any cut, with no more memory than the tar", async () => {
    const tar = whole(entry({ content: Buffer.alloc(700, 1) }), entry({ name: Buffer.from(`./${"é".repeat(80)}`) }));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: tar.length - 1025 }), async (length) => {
        await expect(scan(tar.subarray(0, length))).rejects.toThrow(/is (cut off|empty)/);
      }),
    );
  });
});

test("content that nobody wants is passed, and cannot be asked for later", async () => {
  const tar = whole(entry({ content: Buffer.alloc(5000, 1) }), entry({ name: Buffer.from("./b") }));
  const met = await Array.fromAsync(scanTar(inPieces(tar, 700)));
  expect(met.map((one) => one.path)).toEqual(["a", "b"]);
  await expect(Array.fromAsync(met[0]!.pieces())).rejects.toThrow("has been passed");
});
