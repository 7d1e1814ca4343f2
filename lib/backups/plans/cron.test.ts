import { describe, expect, test } from "vitest";
import { AppError } from "#lib/platform/errors.ts";
import { checkCron, nextAfter, nextTimes } from "./cron.ts";

const berlin = (cron: string, after: string, count = 3) =>
  nextTimes(cron, "Europe/Berlin", { after: new Date(after), count }).map((time) => time.toISOString());

describe("clocks that change", () => {
  test("a time in the skipped hour comes once, at the hour's end", () => {
    expect(berlin("30 2 * * *", "2026-03-28T02:00:00Z")).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
      "2026-03-31T00:30:00.000Z",
    ]);
  });
  test("several times in the skipped hour come once together", () => {
    expect(berlin("*/20 2 * * *", "2026-03-28T02:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:00:00.000Z",
    ]);
  });
  test("a time in the doubled hour comes once", () => {
    expect(berlin("30 2 * * *", "2026-10-24T02:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });
  test("a step over hours neither loses the skipped nor repeats the doubled one", () => {
    expect(berlin("0 */2 * * *", "2026-03-28T22:30:00Z")).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-29T02:00:00.000Z",
    ]);
    expect(berlin("0 */2 * * *", "2026-10-24T22:30:00Z")).toEqual([
      "2026-10-25T00:00:00.000Z",
      "2026-10-25T03:00:00.000Z",
      "2026-10-25T05:00:00.000Z",
    ]);
  });
  test("what runs every hour runs every hour", () => {
    expect(berlin("0 * * * *", "2026-10-24T23:30:00Z")).toEqual([
      "2026-10-25T00:00:00.000Z",
      "2026-10-25T01:00:00.000Z",
      "2026-10-25T02:00:00.000Z",
    ]);
  });
  test("a zone with half an hour", () => {
    const [next] = nextTimes("0 3 * * *", "Asia/Kolkata", { after: new Date("2026-01-01T00:00:00Z"), count: 1 });
    expect(next?.toISOString()).toBe("2026-01-01T21:30:00.000Z");
  });
});

test("the next time is never the one that was told before", () => {
  const at = new Date("2026-05-01T03:00:00.000Z");
  expect(nextAfter("0 3 * * *", "UTC", at)?.toISOString()).toBe("2026-05-02T03:00:00.000Z");
  expect(nextAfter("0 3 * * *", "UTC", new Date(at.getTime() - 1))?.toISOString()).toBe(at.toISOString());
});

test.each([
  "0 3 * *",
  "0 3 * * * *",
  "@daily",
  "61 3 * * *",
  "0 24 * * *",
  "0 3 30 2 *",
  "a b c d e",
  "5/10 3 * * *",
  "*/0 3 * * *",
  "-1 3 * * *",
])("%s is refused, and the field named", (cron) => {
  const refusal = expect.objectContaining({
    code: "validation",
    problems: [{ path: "drillCron", message: expect.any(String) }],
  });
  expect(() => checkCron(cron, "UTC", "drillCron")).toThrow(refusal as unknown as Error);
});

test.each(["Mars/Phobos", "", "+02:00", "UTC+2"])("the time zone %j is refused", (zone) => {
  expect(() => checkCron("0 3 * * *", zone)).toThrow(AppError);
});

test.each(["0 3 29 2 *", "0 3 L * *", "? ? * * *", "0,30 8-18/2 * * MON-FRI"])("%s is taken", (cron) => {
  expect(() => checkCron(cron, "America/St_Johns")).not.toThrow();
});
