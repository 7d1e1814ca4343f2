import { expect, test } from "vitest";
import { lostWords } from "./lost.ts";
import { leaveOut, newTally } from "./write-tar.ts";

test("what may not be read and what went away is counted, also beyond what is told one by one", () => {
  const tally = newTally();
  for (let n = 0; n < 10_001; n += 1) leaveOut(tally, `${n}`, "may not be read by this server");
  leaveOut(tally, "gone", "went away while being read");
  leaveOut(tally, "run.sock", "a socket");
  expect(tally.lost).toEqual({ unread: 10_001, vanished: 1 });
  expect(tally.skipped).toHaveLength(10_000);
  expect(lostWords(tally.lost)).toBe(
    "10001 entries left out that Trihelm may not read, 1 entry left out that went away while being read",
  );
  expect(lostWords()).toBeNull();
});
