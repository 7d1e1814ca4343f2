import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, pathOf, textOf } from "./tar-name.ts";

test("any bytes come back from their text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(bytesOf(textOf(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test.each([
  ["plain text", Buffer.from("a b.txt"), "a b.txt"],
  ["other letters", Buffer.from("größe ✓"), "größe ✓"],
  ["no UTF-8, beside letters", Buffer.from([0xc3, 0xa9, 0xff, 0x41]), "é\\xffA"],
  ["a line break", Buffer.from("a\nb"), "a\\x0ab"],
  ["a backslash", Buffer.from("a\\x41"), "a\\x5cx41"],
  ["a control character of two bytes", Buffer.from("\u0085"), "\\xc2\\x85"],
])("%s", (_, bytes, text) => expect(textOf(bytes)).toBe(text));

test.each([
  ["./", "."],
  [".", "."],
  ["./a/b/", "a/b"],
  [".//a", "a"],
  ["a", "a"],
  ["/etc/passwd", "/etc/passwd"],
  ["./../a", "../a"],
  ["/", "/"],
])("%s stands in a manifest as %s", (name, path) => expect(pathOf(Buffer.from(name))).toBe(path));
