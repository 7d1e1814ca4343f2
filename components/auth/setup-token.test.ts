import { describe, expect, test } from "vitest";
import { codeOf, emptyBoxes, eraseAt, readPasted, typeInto } from "./setup-token.ts";

const boxes = (text: string) => [...text.padEnd(8)].map((sign) => sign.trim());

describe("readPasted", () => {
  test("a code in any writing", () => {
    for (const text of ["K7D2-9XPA", "k7d2 9xpa", "  K7D29XPA\n", "K7D2–9XPA"])
      expect(readPasted(text)).toEqual({ signs: "K7D29XPA" });
  });

  test("the printed link, or its token alone", () => {
    const token = "Zm9vYmFyYmF6cXV4_-abcdefghijk";
    expect(readPasted(`Open http://127.0.0.1:7420/setup#token=${token} to begin`)).toEqual({ token });
    expect(readPasted(token)).toEqual({ token });
  });

  test("too much is cut, nothing is nothing", () => {
    expect(readPasted("K7D2-9XPA-AND")).toEqual({ signs: "K7D29XPA" });
    expect(readPasted("…")).toEqual({ signs: "" });
  });
});

describe("the boxes", () => {
  test("a sign goes into its box and on to the next", () => {
    expect(typeInto(emptyBoxes(), 0, "k")).toEqual({ boxes: boxes("K"), at: 1 });
    expect(typeInto(boxes("K7D29XP"), 7, "a")).toEqual({ boxes: boxes("K7D29XPA"), at: 7 });
  });

  test("several signs fill on from where they were put", () => {
    expect(typeInto(boxes("K7"), 2, "d2-9x")).toEqual({ boxes: boxes("K7D29X"), at: 6 });
  });

  test("what is no sign changes nothing", () => {
    expect(typeInto(boxes("K7"), 2, "-")).toEqual({ boxes: boxes("K7"), at: 2 });
  });

  test("backspace empties its box, then the one before", () => {
    expect(eraseAt(boxes("K7D"), 2)).toEqual({ boxes: boxes("K7"), at: 2 });
    expect(eraseAt(boxes("K7"), 2)).toEqual({ boxes: boxes("K"), at: 1 });
    expect(eraseAt(emptyBoxes(), 0)).toEqual({ boxes: emptyBoxes(), at: 0 });
  });

  test("a code is whole or none", () => {
    expect(codeOf(boxes("K7D29XPA"))).toBe("K7D2-9XPA");
    expect(codeOf(boxes("K7D29XP"))).toBeNull();
  });
});
