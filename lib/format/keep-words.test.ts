import { expect, test } from "vitest";
import { keepWords } from "./keep-words.ts";

test("what is kept", () => {
  const none = { last: 0, daily: 0, weekly: 0, monthly: 0 };
  expect(keepWords({ ...none, last: 14 })).toBe("keep 14");
  expect(keepWords({ last: 3, daily: 7, weekly: 4, monthly: 12 })).toBe("keep 3, 7 daily, 4 weekly, 12 monthly");
  expect(keepWords(none)).toBe("keep all");
});
