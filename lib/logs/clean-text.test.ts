import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText, visibleText } from "./clean-text.ts";
import { LONGEST_TEXT } from "./line.ts";

test("colours stay, everything else that a terminal acts on becomes text", () => {
  expect(cleanText("\x1b[1;31merror\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[m").text).toBe(
    "\x1b[1;31merror\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[m",
  );
  expect(cleanText("\x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x07").text).toBe(
    "\\x1b]8;;javascript:alert(1)\\x1b\\link\\x1b]8;;\\x07",
  );
  expect(cleanText("\x1b]52;c;ZXZpbA==\x07").text).toBe("\\x1b]52;c;ZXZpbA==\\x07");
  expect(cleanText("a\x00b\x08\x1b[2Jc\x9b1m\r").text).toBe("a\\x00b\\x08\\x1b[2Jc\\x9b1m\\r");
  expect(cleanText("to\tkeep").text).toBe("to\tkeep");
  expect(cleanText("user\u202egnp.exe\u2066").text).toBe("user\\u202egnp.exe\\u2066");
});

test("a lone half of a character becomes U+FFFD", () => {
  expect(cleanText("a\ud800b").text).toBe("a\ufffdb");
  expect(cleanText("whole \ud83d\ude00").text).toBe("whole \ud83d\ude00");
});

test("10,000 colour changes stay as they are", () => {
  const text = "\x1b[31mx\x1b[32m".repeat(5000);
  expect(cleanText(text)).toEqual({ text, truncated: false });
  expect(visibleText(text)).toBe("x".repeat(5000));
});

test.each(["x", "é", "漢", "😀", "\x00"])(
  "a line of %j over 256 KiB is cut at a whole character and says so",
  (unit) => {
    const { text, truncated } = cleanText(unit.repeat(300_000));
    expect(truncated).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LONGEST_TEXT);
    expect(Buffer.byteLength(text)).toBeGreaterThan(LONGEST_TEXT - 8);
    expect(text).not.toContain("\ufffd");
  },
);

test("whatever comes in, nothing that acts comes out", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (raw) => {
      const { text } = cleanText(raw);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be gone
      expect(visibleText(text)).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      expect(text.isWellFormed()).toBe(true);
    }),
  );
});
