import { describe, expect, test } from "vitest";
import { parseStarts } from "./journal-starts.ts";
import { lookBack, secondsToWait } from "./start-limit.ts";

const LIMIT = { burst: 5, seconds: 10 };
const at = (...seconds: number[]) => seconds.map((second) => second * 1000);

describe("the start limit", () => {
  test.each([
    ["never started", [], 100, null],
    ["four starts", at(91, 92, 93, 94), 95_000, null],
    ["five starts: the sixth would fail until the window has passed", at(91, 92, 93, 94, 95), 96_000, 5],
    ["five starts, the window has passed", at(91, 92, 93, 94, 95), 101_000, null],
    ["the window does not slide: five of six starts are in an older one", at(91, 92, 93, 94, 95, 101.5), 102_000, null],
    ["one start long before the others opens no window for them", at(10, 91, 92, 93, 94), 95_000, null],
    ["more than the limit, as after a start that was refused", at(91, 92, 93, 94, 95, 96), 97_000, 4],
  ])("%s", (_, starts, now, wait) => {
    expect(secondsToWait(LIMIT, starts, now)).toBe(wait);
  });

  test("the journal is read from well before the window", () => {
    expect(lookBack(LIMIT, 1_000_000_000)).toBe(1_000_000_000 - 100_000);
    expect(lookBack({ burst: 1, seconds: 86_400 }, 1_000_000_000)).toBe(1_000_000_000 - 86_400_000);
  });

  test("starts in journalctl's output", () => {
    const line = (time: string) =>
      `{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"${time}","MESSAGE_ID":"39f53479d3a045ac8e11786248231fbf"}`;
    expect(parseStarts([line("1795260947538383"), "", line("1795260946000000"), "{cut"].join("\n"))).toEqual([
      1795260946000, 1795260947538.383,
    ]);
    expect(parseStarts("")).toEqual([]);
  });
});
