import { generateIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import { HOSTILE, tarOf } from "./hostile-rig.ts";
import { archiveFile } from "./open.ts";
import { alter, archiveOf, compress, scratchFolder } from "./open-rig.ts";
import { verifyArchive } from "./verify.ts";

// whole archives are made for each case, on machines that have other things to do
vi.setConfig({ testTimeout: 30_000 });

const { folder, remove } = scratchFolder();
afterAll(remove);

const tar = tarOf([
  { name: "./", flag: "5", mode: 0o755 },
  { name: "./a/", flag: "5", mode: 0o755 },
  { name: "./a/x", data: "hello" },
  { name: "./a/y", data: "there", mode: 0o4755, pax: { mtime: "1700000000.123456789" } },
  { name: "./a/l", link: "/etc" },
  { name: "./a/h", flag: "1", link: "./a/x" },
]);

async function damageOf(change: Parameters<typeof archiveOf>[1]): Promise<string> {
  const place = await archiveOf({ folder, tar }, change);
  const result = await verifyArchive(place, null);
  return "damage" in result ? result.damage : "none";
}

describe("an archive against its manifest", () => {
  test("is good", async () => {
    const place = await archiveOf({ folder, tar });
    const seen: number[] = [];
    const result = await verifyArchive(place, null, { onProgress: ({ bytes }) => seen.push(bytes) });
    expect(result).toMatchObject({ head: { title: "wa-db", entries: 6, originalSize: 10 } });
    expect(seen.at(-1)).toBe(10);
  });

  test.each<[what: string, change: Parameters<typeof archiveOf>[1], says: string]>([
    ["content", ({ entries }) => Object.assign(entries[2] ?? {}, { sha256: "0".repeat(64) }), "a/x: its content has"],
    [
      "mode",
      ({ entries }) => Object.assign(entries[3] ?? {}, { mode: 0o755 }),
      "a/y: its mode is 4755, and the manifest says 755",
    ],
    ["owner", ({ entries }) => Object.assign(entries[3] ?? {}, { owner: "1:1" }), "a/y: its owner is 0:0"],
    ["size", ({ entries }) => Object.assign(entries[3] ?? {}, { size: 4 }), "a/y: its size is 5"],
    ["time", ({ entries }) => Object.assign(entries[3] ?? {}, { mtime: "2023-11-14T22:13:20Z" }), "a/y: its time is"],
    ["type", ({ entries }) => Object.assign(entries[3] ?? {}, { type: "fifo" }), "a/y: its type is file"],
    ["target", ({ entries }) => Object.assign(entries[4] ?? {}, { target: "/usr" }), "a/l: its target is /etc"],
    [
      "a missing one",
      ({ entries }) => entries.push({ ...entries[2]!, path: "a/z" }),
      "a/z is in the manifest and missing",
    ],
    ["one more", ({ entries }) => entries.pop(), "holds a/h, which is not in its manifest"],
    ["order", ({ entries }) => entries.splice(2, 1), "holds a/x, which is not in its manifest"],
    [
      "one missing inside",
      ({ entries }) => entries.splice(3, 0, { ...entries[2]!, path: "a/xx" }),
      "a/xx is in the manifest and missing",
    ],
    ["its own checksum", ({ head }) => Object.assign(head, { sha256: "0".repeat(64) }), "checksum is another"],
    ["its own size", ({ head }) => Object.assign(head, { size: 7 }), "its manifest says 7"],
    ["its count", ({ head }) => Object.assign(head, { entries: 5 }), "more than 5 entries"],
    ["what it grows to", ({ head }) => Object.assign(head, { originalSize: 9 }), "more than 9 bytes"],
    ["its version", ({ head }) => Object.assign(head, { version: 2 }), "version that this one does not know"],
  ])("differs in %s", async (_, change, says) => {
    expect(await damageOf(change)).toContain(says);
  });

  test.each(HOSTILE.filter(({ own, what }) => own && what !== "nothing"))("is hostile: $what", async (hostile) => {
    const place = await archiveOf({ folder, tar }, ({ head }) => Object.assign(head, { originalSize: 2 ** 60 }));
    const packed = compress(hostile.tar());
    alter(archiveFile(place), () => packed);
    alter(`${place.stem}.json`, (bytes) =>
      Buffer.from(bytes.toString().replace(/"size":\d+/, `"size":${packed.length}`)),
    );
    expect(await verifyArchive(place, null)).toMatchObject({ damage: expect.any(String) });
  });

  test("says so where it is empty, cut off or changed anywhere", async () => {
    const place = await archiveOf({ folder, tar });
    alter(archiveFile(place), () => Buffer.alloc(0));
    expect(await verifyArchive(place, null)).toEqual({ damage: "The archive is an empty file" });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), fc.boolean(), async (where, bit, cut) => {
        await archiveOf({ folder, tar });
        alter(archiveFile(place), (bytes) => {
          const at = where % bytes.length;
          return cut ? bytes.subarray(0, at) : bytes.fill((bytes[at] ?? 0) ^ (1 << bit), at, at + 1);
        });
        expect(await verifyArchive(place, null)).toMatchObject({ damage: expect.any(String) });
      }),
      { numRuns: 150 },
    );
  });

  test("a changed manifest never passes for another's", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (where) => {
        const place = await archiveOf({ folder, tar });
        alter(`${place.stem}.json`, (bytes) => {
          const from = bytes.indexOf('{"path"');
          const at = from + (where % (bytes.lastIndexOf("}") - from - 4));
          return bytes.fill((bytes[at] ?? 0) ^ 1, at, at + 1);
        });
        expect(await verifyArchive(place, null)).toMatchObject({ damage: expect.any(String) });
      }),
      { numRuns: 100 },
    );
  });

  test("a key that is missing or wrong says nothing about the archive", async () => {
    const [identity, other] = [await generateIdentity(), await generateIdentity()];
    const lock = { kind: "recipient", recipient: await identityToRecipient(identity) } as const;
    const place = await archiveOf({ folder, name: "locked", tar, lock });
    await expect(verifyArchive(place, null)).rejects.toThrow("not on this server");
    await expect(verifyArchive(place, { kind: "identity", identity: other })).rejects.toThrow("does not open");
    expect(await verifyArchive(place, { kind: "identity", identity })).toHaveProperty("head");
  });

  test("stops when it is told to", async () => {
    const place = await archiveOf({ folder, tar });
    await expect(verifyArchive(place, null, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
