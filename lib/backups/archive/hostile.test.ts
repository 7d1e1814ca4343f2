import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { AppError } from "#lib/platform/errors.ts";
import { admitted, FOREIGN_LIMITS, Guard } from "./hostile.ts";
import { HOSTILE, inChunks, type Made, tarOf } from "./hostile-rig.ts";

// whole archives are made for each case, on machines that have other things to do
vi.setConfig({ testTimeout: 30_000 });

async function judge(tar: Uint8Array, foreign = true, limits = FOREIGN_LIMITS, chunk = 1000): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of admitted(inChunks(tar, chunk), new Guard({ foreign, limits }))) paths.push(path);
  return paths;
}

describe("a tar from elsewhere", () => {
  test.each(HOSTILE)("is refused: $what", async ({ tar, says }) => {
    await expect(judge(tar())).rejects.toThrow(says);
    await expect(judge(tar(), true, FOREIGN_LIMITS, 7)).rejects.toThrow(AppError);
  });

  test("may hold files, folders in any order, links inside and second names", async () => {
    const tar = tarOf([
      { name: "./", flag: "5" },
      { name: "a/b/x", data: "1" },
      { name: "a/", flag: "5" },
      { name: "a/h", flag: "1", link: "a/b/x" },
      { name: "a/b/up", link: "../../a/./b" },
      { name: "a/here", link: "b/x" },
      { name: Buffer.from([0x61, 0xff]), data: "odd" },
    ]);
    expect(await judge(tar)).toEqual([".", "a/b/x", "a", "a/h", "a/b/up", "a/here", "a\\xff"]);
  });

  test("names what it refuses in one line", async () => {
    await expect(judge(tarOf([{ name: "a\n\u001b[31m", link: "/x" }]))).rejects.toThrow(
      "a\\x0a\\x1b[31m is a link that leads out of the archive (/x)",
    );
  });

  test("is bounded in entries and in content", async () => {
    const many = tarOf(Array.from({ length: 11 }, (_, n): Made => ({ name: `f${n}`, data: "12345" })));
    await expect(judge(many, true, { ...FOREIGN_LIMITS, entries: 10 })).rejects.toThrow("more than 10 entries");
    await expect(judge(many, true, { ...FOREIGN_LIMITS, bytes: 50 })).rejects.toThrow("more than 50 bytes");
    expect(await judge(many, true, { ...FOREIGN_LIMITS, bytes: 55, entries: 11 })).toHaveLength(11);
  });

  test("is refused while it grows out of all proportion", () => {
    const guard = new Guard({ foreign: true, limits: FOREIGN_LIMITS });
    guard.inflated({ packed: 1000, unpacked: 2 ** 30 });
    expect(() => guard.inflated({ packed: 1000, unpacked: 2 ** 30 + 1 })).toThrow("250 times its size");
    guard.inflated({ packed: 2 ** 23, unpacked: 2 ** 30 + 1 });
  });
});

describe("a tar of our own", () => {
  test.each(HOSTILE.filter(({ own }) => own))("is refused: $what", async ({ tar, says }) => {
    await expect(judge(tar(), false)).rejects.toThrow(says);
  });

  test.each(HOSTILE.filter(({ own }) => !own))("is what its source was: $what", async ({ tar }) => {
    expect((await judge(tar(), false)).length).toBeGreaterThan(0);
  });
});

describe("whatever comes", () => {
  const outcome = async (bytes: Uint8Array) => {
    try {
      await judge(bytes, true, FOREIGN_LIMITS, 512);
      return "admitted";
    } catch (error) {
      return error instanceof AppError ? "refused" : `threw ${String(error)}`;
    }
  };

  test("random bytes are refused in words", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await outcome(bytes)).toBe("refused");
      }),
    );
  });

  test("an altered tar is refused in words or still a tar", async () => {
    const tar = tarOf([
      { name: "a/", flag: "5" },
      { name: "a/x", data: "hello", pax: { mtime: "1.5", "SCHILY.xattr.user.a": "b" } },
      { name: "././@LongLink", flag: "L", data: `${"n".repeat(120)}\0` },
      { name: "n", data: Buffer.alloc(700, 7) },
      { name: "l", link: "a/x" },
    ]);
    const change = fc.record({ at: fc.nat(tar.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const altered = Buffer.from(tar);
        for (const { at, to } of changes) altered[at] = to;
        expect(["refused", "admitted"]).toContain(await outcome(altered));
      }),
      { numRuns: 300 },
    );
  });

  test("an entry of random fields under a right checksum is refused in words or admitted inside", async () => {
    const name = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 99 }),
      fc.constantFrom("../a", "a/../b", "/a", "./a/b"),
    );
    const made = fc.record({
      name,
      flag: fc.constantFrom("0", "1", "2", "3", "5", "6", "7", "S", "x", "g", "L", "K", "V", "D", "M"),
      data: fc.uint8Array({ maxLength: 600 }),
      link: name,
      sizeField: fc.oneof(fc.constant(undefined), fc.uint8Array({ minLength: 12, maxLength: 12 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(made, { maxLength: 4 }), async (entries) => {
        const tar = tarOf(entries.map(({ sizeField, ...rest }) => (sizeField ? { ...rest, sizeField } : rest)));
        expect(["refused", "admitted"]).toContain(await outcome(tar));
      }),
      { numRuns: 300 },
    );
  });
});
