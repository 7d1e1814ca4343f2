import { describe, expect, test } from "vitest";
import { timeOfLine } from "./line-time.ts";

describe("the time of a line", () => {
  test.each([
    ["2025-11-14T14:32:08Z x", "2025-11-14T14:32:08.000Z"],
    ["2025-11-14 14:32:08.123456 +02:00 x", "2025-11-14T12:32:08.123456Z"],
    ["[2025-11-14T14:32:08,5+0530] x", "2025-11-14T09:02:08.500Z"],
    // this machine's zone, half an hour off in these tests
    ["2025-11-14T14:32:08: x", "2025-11-14T03:32:08.000Z"],
    ['{"level":30,"time":1763130728123,"msg":"x"}', "2025-11-14T14:32:08.123Z"],
    ['{"ts":1763130728.25,"msg":"x"}', "2025-11-14T14:32:08.250Z"],
    ['{"timestamp":"2025-11-14T14:32:08.1Z"}', "2025-11-14T14:32:08.100Z"],
  ])("%s", (line, time) => {
    expect(timeOfLine(line)?.text).toBe(time);
  });

  test.each([
    "",
    "x 2025-11-14T14:32:08Z",
    "2025-11-14",
    "9999-99-99T99:99:99Z",
    '{"time":12}',
    "14:32:08 x",
    '{"ts":"never"}',
  ])("%j has none", (line) => {
    expect(timeOfLine(line)).toBeNull();
  });
});
