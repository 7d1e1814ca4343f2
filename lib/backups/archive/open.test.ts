import { randomBytes } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { generateIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Unlock } from "./archive.ts";
import { encrypted } from "./encrypt.ts";
import { inChunks, tarOf } from "./hostile-rig.ts";
import { archiveFile, openTar } from "./open.ts";
import { framesOf, unzstd } from "./open-frames.ts";
import { alter, archiveOf, collect, compress, scratchFolder } from "./open-rig.ts";

// whole archives are made for each case, on machines that have other things to do
vi.setConfig({ testTimeout: 30_000 });

const { folder, remove } = scratchFolder();
afterAll(remove);

const content = Buffer.concat([randomBytes(300_000), Buffer.alloc(500_000, "words "), randomBytes(10)]);
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

describe("frames", () => {
  const read = (bytes: Uint8Array, chunk = 65_536, windowLog = 23) =>
    collect(unzstd(inChunks(bytes, chunk), windowLog));

  test.each([1000, 65_536, 10_000_000])("all of them are read, in chunks of %i", async (chunk) => {
    const packed = Buffer.concat([SKIPPABLE, compress(content), compress(Buffer.from("more")), SKIPPABLE]);
    expect((await read(packed, chunk)).equals(Buffer.concat([content, Buffer.from("more")]))).toBe(true);
  });

  test("an empty frame is nothing, no frame is an error", async () => {
    expect(await read(compress(Buffer.alloc(0)))).toHaveLength(0);
    await expect(read(SKIPPABLE)).rejects.toThrow("no compressed part");
    await expect(read(Buffer.alloc(0))).rejects.toThrow("It is empty");
  });

  test("what follows the last one is an error", async () => {
    await expect(read(Buffer.concat([compress(content), Buffer.from("garbage")]))).rejects.toThrow(
      "not compressed data",
    );
    await expect(read(Buffer.concat([compress(content), Buffer.alloc(3)]))).rejects.toThrow("cut off");
  });

  test("cut off anywhere is an error", async () => {
    const packed = compress(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), async (length) => {
        await expect(read(packed.subarray(0, length))).rejects.toThrow(/cut off|empty/);
      }),
      { numRuns: 50 },
    );
  });

  test("a window that would take much memory is refused before it is read", async () => {
    const packed = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00]);
    await expect(read(packed)).rejects.toThrow("window above 8 MiB");
    expect(await read(packed, 100, 31)).toHaveLength(0);
  });

  test("random bytes behind a magic end in words", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const frames = framesOf(inChunks(Buffer.concat([compress(Buffer.alloc(0)).subarray(0, 4), bytes]), 10), 23);
        const outcome = await collect(frames).then(
          () => "read",
          (error) => String(error),
        );
        expect(outcome).toMatch(/^read$|^DamagedArchive|^HostileArchive/);
      }),
    );
  });
});

describe("an archive", () => {
  const tar = tarOf([{ name: "a", data: content }]);
  const read = async (place: { stem: string; encrypted: boolean }, unlock: Unlock | null) =>
    collect(openTar(place, unlock));

  test("is the tar that was put in", async () => {
    const place = await archiveOf({ folder, name: "plain", tar });
    expect((await read(place, null)).equals(tar)).toBe(true);
  });

  test("is opened by its key and by no other", async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const place = await archiveOf({ folder, name: "sealed", tar, lock: { kind: "recipient", recipient } });
    expect((await read(place, { kind: "identity", identity })).equals(tar)).toBe(true);
    const other = await generateIdentity();
    await expect(read(place, { kind: "identity", identity: other })).rejects.toThrow("The key does not open");
    await expect(read(place, { kind: "passphrase", passphrase: "no" })).rejects.toThrow("The passphrase does not open");
    await expect(read(place, null)).rejects.toThrow("not on this server");
  });

  test("is opened by its passphrase and by no other", async () => {
    const place = await archiveOf({ folder, name: "words", tar, lock: { kind: "passphrase", passphrase: "one two" } });
    expect((await read(place, { kind: "passphrase", passphrase: "one two" })).equals(tar)).toBe(true);
    await expect(read(place, { kind: "passphrase", passphrase: "one" })).rejects.toThrow("passphrase does not open");
  }, 30_000);

  test("that is encrypted is told to be cut off or altered wherever it is", async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const whole = await collect(encrypted(inChunks(compress(tar), 100_000), { kind: "recipient", recipient }));
    const place = { stem: `${folder}/altered`, encrypted: true };
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, cut) => {
        writeFileSync(archiveFile(place), whole);
        if (cut) truncateSync(archiveFile(place), at);
        else alter(archiveFile(place), (bytes) => bytes.fill((bytes[at] ?? 0) ^ 1, at, at + 1));
        await expect(read(place, { kind: "identity", identity })).rejects.toThrow(
          /cut off|altered|damaged|empty|encrypted|does not open/,
        );
      }),
      { numRuns: 40 },
    );
  });

  test("stops where its reader stops, and where it is told to", async () => {
    const place = await archiveOf({ folder, name: "stopped", tar });
    for await (const chunk of openTar(place, null)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    const stop = new AbortController();
    const reading = (async () => {
      for await (const chunk of openTar(place, null, { signal: stop.signal })) {
        expect(chunk.length).toBeGreaterThan(0);
        stop.abort(new Error("enough"));
      }
    })();
    await expect(reading).rejects.toThrow("enough");
  });

  test("that is gone is told so", async () => {
    await expect(read({ stem: `${folder}/none`, encrypted: false }, null)).rejects.toThrow("file is gone");
  });
});
