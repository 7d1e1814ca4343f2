import { expect, test } from "vitest";
import { kept } from "./kept.ts";

test("asked at once and again: worked out once, and anew after it failed or went stale", async () => {
  let count = 0;
  const make = async () => {
    count += 1;
    if (count === 1) throw new Error("first");
    return count;
  };
  await expect(kept("test-kept", 60_000, make)).rejects.toThrow("first");
  const both = await Promise.all([kept("test-kept", 60_000, make), kept("test-kept", 60_000, make)]);
  expect([...both, await kept("test-kept", 60_000, make), count]).toEqual([2, 2, 2, 2]);
  expect(await kept("test-kept", 0, make)).toBe(3);
});
