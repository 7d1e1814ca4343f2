import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { scratchFolder, wantedArchive } from "./archive-rig.ts";
import { writeArchive } from "./write.ts";
import { writePart } from "./write-part.ts";

type Handle = Awaited<ReturnType<typeof open>>;

let scratch = "";
let handles: Handle;
beforeEach(async () => {
  scratch = scratchFolder();
  const handle = await open(scratch);
  handles = Object.getPrototypeOf(handle) as Handle;
  await handle.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(scratch, { recursive: true });
});

/** A made file, so that nothing but the archive is written. */
function write(more = {}): Promise<unknown> {
  const files = [{ path: "a", mode: 0o644, data: randomBytes(300_000) }];
  const root = { prefix: "", include: [], exclude: [], databases: "as-files" as const };
  return writeArchive(wantedArchive(path.join(scratch, "a"), [{ ...root, from: { kind: "made", files } }], more));
}

test.each([0, 70, 129])(
  "a large part is compared whole, also its piece number %i",
  { timeout: 30_000 },
  async (bad) => {
    const piece = Buffer.alloc(1024 * 1024, 7);
    const pieces = async function* () {
      for (let n = 0; n < 130; n += 1) yield piece;
    };
    const file = path.join(scratch, "large");
    const written = await writePart(file, pieces());
    expect(written.size).toBe(130 * piece.length);
    fs.rmSync(`${file}.part`);
    const truly = handles.write as unknown as (this: Handle, ...args: unknown[]) => Promise<unknown>;
    let count = 0;
    vi.spyOn(handles, "write").mockImplementation(function (this: Handle, ...args: unknown[]) {
      count += 1;
      const bytes = count - 1 === bad ? Buffer.alloc(piece.length, 8) : args[0];
      return truly.call(this, bytes, ...args.slice(1));
    } as never);
    await expect(writePart(file, pieces())).rejects.toThrow("not what the disk gave back");
  },
);

describe("a disk that fails", () => {
  test.each([1, 2])("at fsync number %i leaves nothing", async (at) => {
    const sync = handles.sync;
    let count = 0;
    vi.spyOn(handles, "sync").mockImplementation(function (this: Handle) {
      count += 1;
      return count === at
        ? Promise.reject(Object.assign(new Error("EIO: i/o error"), { code: "EIO" }))
        : sync.call(this);
    });
    await expect(write()).rejects.toThrow("EIO");
    expect(fs.readdirSync(scratch)).toEqual([]);
  });

  test("and gives back something else than was written is noticed", async () => {
    const truly = handles.write as unknown as (this: Handle, ...args: unknown[]) => Promise<unknown>;
    let isDone = false;
    vi.spyOn(handles, "write").mockImplementation(function (this: Handle, ...args: unknown[]) {
      const bytes = Buffer.from(args[0] as Buffer);
      if (!isDone) bytes[bytes.length - 1]! ^= 1;
      isDone = true;
      return truly.call(this, bytes, ...args.slice(1));
    } as never);
    await expect(write()).rejects.toThrow("not what the disk gave back");
    expect(isDone).toBe(true);
    expect(fs.readdirSync(scratch)).toEqual([]);
  });
});

test("the manifest gets its name last", async () => {
  const recipient = await identityToRecipient(await generateX25519Identity());
  await write({ lock: { kind: "recipient", recipient } });
  expect(fs.readdirSync(scratch).sort()).toEqual(["a.entries.zst.age", "a.json", "a.tar.zst.age"]);
  const times = fs.statSync(path.join(scratch, "a.json")).ctimeMs;
  for (const file of fs.readdirSync(scratch))
    expect(fs.statSync(path.join(scratch, file)).ctimeMs).toBeLessThanOrEqual(times);
});
