import { describe, expect, test } from "vitest";
import { choiceOf, cronOf, USUAL_CHOICE } from "./cron-choice.ts";

describe("a cron line and a choice", () => {
  test.each([
    ["17 * * * *", "hourly"],
    ["0 */6 * * *", "6h"],
    ["30 */12 * * *", "12h"],
    ["0 3 * * *", "daily"],
    ["5 23 * * 6", "weekly"],
    ["0 4 31 * *", "monthly"],
    ["*/5 1-3 * * 1-5", "cron"],
    ["0 3 * 2 *", "cron"],
    ["0 3 1 * 1", "cron"],
    ["61 3 * * *", "cron"],
    ["0 3 0 * *", "cron"],
  ])("%s is %s, and is written as it was", (line, rhythm) => {
    const choice = choiceOf(line);
    expect(choice.rhythm).toBe(rhythm);
    expect(cronOf(choice)).toBe(line);
  });

  test("a time that is not whole counts as midnight", () => {
    expect(cronOf({ ...USUAL_CHOICE, time: "" })).toBe("0 0 * * *");
  });
});
