import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import wabt from "wabt";
import { byteWord, hasBytes, MODULE } from "./byte-search.ts";

const has = (text: string, word: string) => hasBytes(Buffer.from(text, "latin1"), byteWord(word));

test("the module is what its source says", async () => {
  const file = path.join(import.meta.dirname, "byte-search.wat");
  const source = (await wabt()).parseWat(file, fs.readFileSync(file, "utf8"), { simd: true });
  expect(MODULE).toBe(Buffer.from(source.toBinary({}).buffer).toString("base64"));
});

test("it finds what an expression finds", () => {
  // few letters, so that words begin often and are there now and then
  const letters = fc.constantFrom("a", "A", "b", "B", " ", "\n", "@", "`", "{", "[", "\0", "\xe1", "\xc1");
  const text = fc.oneof(fc.string({ unit: letters, maxLength: 300 }), fc.string({ unit: letters, minLength: 1000 }));
  const word = fc.string({ unit: fc.constantFrom("a", "B", "b", " ", "@", "[", "{", "`"), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, word, (given, wanted) => {
      const pattern = new RegExp(wanted.replace(/[[{]/g, "\\$&"), "i");
      expect(has(given, wanted)).toBe(pattern.test(given));
    }),
    { numRuns: 2000 },
  );
});

test("wherever it stands, in the text and at the seams of what is looked at together", () => {
  const text = Buffer.alloc(3 * 65_536 + 100, "xyzzy-");
  const word = byteWord("The Needle");
  expect(hasBytes(text, word)).toBe(false);
  const ends = [0, 65_536, 2 * 65_536, text.length - 10];
  for (const end of ends)
    for (let at = Math.max(0, end - 80); at <= Math.min(text.length - 10, end + 80); at += 1) {
      const copy = Buffer.from(text);
      copy.write("tHE nEEDLE", at);
      expect(hasBytes(copy, word), `at ${at}`).toBe(true);
      expect(hasBytes(copy.subarray(0, at + 9), word), `cut off at ${at}`).toBe(false);
    }
});

test("nothing of an earlier text is found in a shorter one", () => {
  expect(has(`${"a".repeat(500)}needle`, "needle")).toBe(true);
  for (let length = 490; length < 506; length += 1) expect(has("a".repeat(length), "needle")).toBe(false);
  expect(has("", "needle")).toBe(false);
  expect(has("needl", "needle")).toBe(false);
});

test("a word beyond what is looked for is there when its beginning is", () => {
  const word = "long".repeat(100);
  expect(has(`..${word}..`, word)).toBe(true);
  expect(has(word.slice(0, 254), word)).toBe(false);
});
