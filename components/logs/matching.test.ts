import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutAtHits, finderOf, type Hit } from "./matching.ts";

const never = () => {
  throw new Error("no expression here");
};
const text = (q: string, matchCase = false) => finderOf({ q, regex: false, matchCase }, never)!;

describe("text", () => {
  test("is found wherever it stands, whatever its case", () => {
    expect(text("get").find("GET /get Get")).toEqual([
      [0, 3],
      [5, 8],
      [9, 12],
    ]);
    expect(text("get", true).find("GET /get Get")).toEqual([[5, 8]]);
    expect(text("aa").find("aaaaa")).toEqual([
      [0, 2],
      [2, 4],
    ]);
  });

  test("nothing searched for is no search", () => {
    expect(finderOf({ q: "", regex: false, matchCase: false }, never)).toBeNull();
  });

  test("letters whose small form is longer still count as found", () => {
    expect(text("x").find("İİx")).toEqual([[0, 3]]);
  });

  test("a line full of hits is cut short", () => {
    expect(text("x").find("x".repeat(10_000))).toHaveLength(200);
  });

  test("a field and its value are known as such", () => {
    expect(text("req.id:c81f").field).toEqual({ path: "req.id", value: "c81f" });
    expect(text("27017").field).toBeNull();
  });
});

test("an expression goes to the engine with its case", () => {
  const asked: unknown[] = [];
  const compile = (...args: unknown[]) => {
    asked.push(args);
    return { find: () => [[0, 1] as Hit], test: () => true };
  };
  expect(finderOf({ q: "a+", regex: true, matchCase: true }, compile)!.find("aa")).toEqual([[0, 1]]);
  expect(asked).toEqual([["a+", true]]);
});

describe("cutting", () => {
  test("hits across spans keep both looks", () => {
    const spans = [{ text: "conn", bold: true }, { text: "ect 27017" }];
    expect(
      cutAtHits(spans, [
        [2, 6],
        [8, 13],
      ]),
    ).toEqual([
      { text: "co", bold: true, hit: false },
      { text: "nn", bold: true, hit: true },
      { text: "ec", hit: true },
      { text: "t ", hit: false },
      { text: "27017", hit: true },
    ]);
  });

  test("joined, the pieces are the text, and what is hit is what was found", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab]{0,6}$/)), fc.stringMatching(/^[ab]{1,2}$/), (parts, q) => {
        const spans = parts.map((part) => ({ text: part }));
        const whole = parts.join("");
        const hits = text(q).find(whole);
        const pieces = cutAtHits(spans, hits);
        expect(pieces.map((piece) => piece.text).join("")).toBe(whole);
        const marked = pieces.map((piece) => (piece.hit ? piece.text.toUpperCase() : piece.text)).join("");
        expect(marked).toBe(whole.replaceAll(q, q.toUpperCase()));
      }),
    );
  });
});
