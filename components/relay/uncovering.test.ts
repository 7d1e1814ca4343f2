import { expect, test } from "vitest";
import { fulfils, timeOf, wishFor } from "./uncovering.ts";

const WORKER = "local/docker/worker";
const T = Date.UTC(2025, 10, 14, 14);

test("what was uncovered is one time that a service asks, not its next, nor another's", () => {
  const time = timeOf({ service: WORKER, firstSeenAt: "2025-11-14T14:00:00Z" });
  expect(timeOf({ service: WORKER, firstSeenAt: "2025-11-14T14:00:00Z" })).toBe(time);
  expect(timeOf({ service: WORKER, firstSeenAt: "2025-11-14T17:00:00Z" })).not.toBe(time);
  expect(timeOf({ service: "local/pm2/bot", firstSeenAt: "2025-11-14T14:00:00Z" })).not.toBe(time);
});

test("a wish is for the code that is on its way, and not for one that comes hours later", () => {
  const wish = wishFor(WORKER, T);
  expect(fulfils({ service: WORKER }, wish, T + 5000)).toBe(true);
  expect(fulfils({ service: "local/pm2/bot" }, wish, T + 5000)).toBe(false);
  expect(fulfils({ service: WORKER }, wish, T + 3_600_000)).toBe(false);
});
