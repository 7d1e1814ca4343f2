import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ansiSpans, plainText } from "./ansi.ts";

const ESC = "\u001b";
const BEL = "\u0007";

describe("colours", () => {
  test("named colours, bright ones and weights", () => {
    expect(ansiSpans(`${ESC}[31mred${ESC}[0m and ${ESC}[1;92mgreen${ESC}[22;39m off`)).toEqual([
      { text: "red", color: "red" },
      { text: " and " },
      { text: "green", color: "green", bold: true },
      { text: " off" },
    ]);
  });

  test("256 colours and true colours, with semicolons or colons", () => {
    expect(ansiSpans(`${ESC}[38;5;208mA${ESC}[38;2;1;2;3mB${ESC}[38:5:244mC${ESC}[38;5;9mD`)).toEqual([
      { text: "A", color: "rgb(255, 135, 0)" },
      { text: "B", color: "rgb(1, 2, 3)" },
      { text: "C", color: "rgb(128, 128, 128)" },
      { text: "D", color: "red" },
    ]);
  });

  test("reversed text has the front as its ground", () => {
    expect(ansiSpans(`${ESC}[7mwarn${ESC}[27m`)).toEqual([{ text: "warn", color: "black", background: "white" }]);
  });

  test("ten thousand changes stay a few hundred spans", () => {
    const text = Array.from({ length: 10_000 }, (_, n) => `${ESC}[${31 + (n % 7)}mx`).join("");
    const spans = ansiSpans(text);
    expect(spans.length).toBeLessThan(500);
    expect(spans.map((span) => span.text).join("")).toBe("x".repeat(10_000));
  });
});

describe("everything else is inert", () => {
  test.each([
    ["a link", `${ESC}]8;;http://example.com${BEL}text${ESC}]8;;${BEL}`, "text"],
    ["the clipboard", `a${ESC}]52;c;aGVsbG8=${ESC}\\b`, "ab"],
    ["a title without an end", `a${ESC}]0;title`, "a"],
    ["movement and clearing", `${ESC}[2J${ESC}[H${ESC}[Kdone${ESC}[?25l`, "done"],
    ["a device string", `a${ESC}P1;2|secret${ESC}\\b`, "ab"],
    ["a character set", `${ESC}(Bplain${ESC}=`, "plain"],
    ["a sequence cut off", `half${ESC}[38;5`, "half"],
    ["a lone escape", `x${ESC}`, "x"],
  ])("%s", (_, text, shown) => {
    expect(plainText(text)).toBe(shown);
    expect(
      ansiSpans(text)
        .map((span) => span.text)
        .join(""),
    ).toBe(shown);
  });
});

test("spans joined are the plain text, and hold no escape", () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom(ESC, "[31m", "[0m", "]8;;", BEL, "[38;5;", "\\", "[", "m", "1"));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("").replace(/[\r\n\b]/g, "");
      const joined = ansiSpans(text)
        .map((span) => span.text)
        .join("");
      expect(joined).not.toContain(ESC);
      expect(joined).toBe(plainText(text));
    }),
  );
});
