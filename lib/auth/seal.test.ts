import { expect, test } from "vitest";
import { seal, unseal } from "./seal.ts";

const KEY = "k".repeat(43);

test("what was sealed comes back, and differs each time it is sealed", () => {
  const once = seal("geheim ☂", "destination:1", KEY);
  expect(once).not.toBe(seal("geheim ☂", "destination:1", KEY));
  expect(once).not.toContain("geheim");
  expect(unseal(once, "destination:1", KEY)).toBe("geheim ☂");
});

test.each([
  ["another purpose", (text: string) => unseal(text, "destination:2", KEY)],
  ["another server's secret", (text: string) => unseal(text, "destination:1", "x".repeat(43))],
  [
    "one bit flipped",
    (text: string) =>
      unseal(`${text.slice(0, -2)}${text.at(-2) === "A" ? "B" : "A"}${text.at(-1)}`, "destination:1", KEY),
  ],
  ["cut short", (text: string) => unseal(text.slice(0, 9), "destination:1", KEY)],
  ["another version", (text: string) => unseal(text.replace("v1", "v9"), "destination:1", KEY)],
])("%s does not open it, and says nothing of it", (_, open) => {
  const sealed = seal("geheim", "destination:1", KEY);
  expect(() => open(sealed)).toThrow("cannot be opened");
});
