import { expect, test } from "vitest";
import { dayOf, formatDay, formatLogTime, formatTick } from "./log-time.ts";

// the tests run in a zone 10.5 hours ahead of UTC, 11 in summer
const TIME = "2025-11-14T14:19:20.914123456Z";
const AT = Date.parse("2025-11-14T14:19:20.914Z");

test("clock time to the millisecond, here and in UTC", () => {
  expect(formatLogTime(TIME, "utc", AT)).toBe("14:19:20.914");
  expect(formatLogTime(TIME, "local", AT)).toBe("01:19:20.914");
  expect(formatLogTime("2025-07-14T14:19:00Z", "local", AT)).toBe("00:49:00.000");
});

test("an age in words", () => {
  expect(formatLogTime(TIME, "relative", AT + 12_900)).toBe("12 s ago");
  expect(formatLogTime(TIME, "relative", AT - 5000)).toBe("0 s ago");
});

test("a day ends at midnight of the zone shown", () => {
  expect([dayOf(TIME, "utc"), dayOf(TIME, "local")]).toEqual(["2025-11-14", "2025-11-15"]);
  expect(formatDay("2025-11-14")).toBe("Fri 14 Nov 2025");
});

test("ticks tell as much as the span needs", () => {
  expect(formatTick(AT, 30 * 60_000, "utc")).toBe("14:19");
  expect(formatTick(AT, 60_000, "utc")).toBe("14:19:20");
  expect(formatTick(AT, 7 * 86_400_000, "utc")).toBe("14 Nov");
});

test("a time that is none is a dash", () => {
  expect(formatLogTime("yesterday", "local", AT)).toBe("–");
  expect(dayOf("yesterday", "utc")).toBe("");
});
