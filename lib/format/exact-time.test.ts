import { expect, test } from "vitest";
import { formatClock, formatDate, formatDay, formatExact, formatMinute } from "./exact-time.ts";

test("names the day, the second and the zone", () => {
  expect(formatExact("2025-11-14T14:19:22.500Z", "UTC")).toBe("Fri 14 Nov 2025, 14:19:22 UTC");
  expect(formatExact(Date.parse("2025-07-01T23:05:09Z"), "Asia/Kolkata")).toBe("Wed 2 Jul 2025, 04:35:09 GMT+5:30");
});

test("midnight is 00, not 24", () => {
  expect(formatClock("2025-11-14T00:00:05Z", "UTC")).toBe("00:00:05");
});

test("a list has the day and the minute", () => {
  expect(formatDay("2025-11-14T03:00:12Z", "UTC")).toBe("Fri 14 Nov, 03:00");
  expect(formatMinute("2025-11-14T00:07:59Z", "UTC")).toBe("00:07");
  expect(formatDate("2025-11-14T00:07:59Z", "UTC")).toBe("14 Nov");
});
