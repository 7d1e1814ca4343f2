import { expect, test } from "vitest";
import { backoff, isPastHope } from "./backoff.ts";
import { type Mailbox, readMailbox } from "./mailbox.ts";
import { retryAfterOf } from "./post.ts";
import { quietUntil } from "./quiet.ts";

const night = { from: "22:00", to: "07:00", timezone: "Europe/Berlin", exceptCritical: true };
const until = (at: string, quiet = night) => quietUntil(quiet, new Date(at))?.toISOString() ?? null;

test.each([
  ["2026-11-21T20:59:59Z", null],
  ["2026-11-21T21:00:00Z", "2026-11-22T06:00:00.000Z"],
  ["2026-11-22T02:00:00Z", "2026-11-22T06:00:00.000Z"],
  ["2026-11-22T05:59:59Z", "2026-11-22T06:00:00.000Z"],
  ["2026-11-22T06:00:00Z", null],
  // the night in which the clock goes forward, and the one in which it goes back
  ["2026-03-28T23:30:00Z", "2026-03-29T05:00:00.000Z"],
  ["2026-10-24T21:30:00Z", "2026-10-25T06:00:00.000Z"],
])("a night over midnight, at %s", (at, end) => {
  expect(until(at)).toBe(end);
});

test("hours within a day, and an end in the hour that a clock skips", () => {
  const noon = { ...night, from: "12:00", to: "13:30" };
  expect(until("2026-11-21T11:30:00Z", noon)).toBe("2026-11-21T12:30:00.000Z");
  expect(until("2026-11-21T12:30:00Z", noon)).toBeNull();
  expect(until("2026-03-29T00:30:00Z", { ...night, to: "02:30" })).toBe("2026-03-29T01:00:00.000Z");
});

test("tries come further and further apart, never regular, and not before the other side says", () => {
  const plain = (attempts: number, random = 0.5, retryAfter: number | null = null) =>
    backoff(attempts, { random: () => random, retryAfter });
  expect([1, 2, 3, 4, 5].map((attempts) => plain(attempts))).toEqual([5000, 15_000, 45_000, 135_000, 405_000]);
  expect(plain(50)).toBe(3_600_000);
  expect([plain(1, 0), plain(1, 1)]).toEqual([4000, 6000]);
  expect(plain(1, 0.5, 90)).toBe(90_000);
  const made = new Date("2026-11-20T10:00:00Z");
  expect(isPastHope({ createdAt: made, attempts: 3 }, new Date("2026-11-21T09:59:00Z"))).toBe(false);
  expect(isPastHope({ createdAt: made, attempts: 3 }, new Date("2026-11-21T10:01:00Z"))).toBe(true);
});

test("Retry-After is seconds or a date, and never for ever", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  expect(retryAfterOf("120", now)).toBe(120);
  expect(retryAfterOf("Sat, 21 Nov 2026 10:01:30 GMT", now)).toBe(90);
  expect(retryAfterOf("Sat, 21 Nov 2026 09:00:00 GMT", now)).toBe(0);
  expect(retryAfterOf("99999999", now)).toBe(86_400);
  expect(retryAfterOf("soon", now)).toBeNull();
  expect(retryAfterOf(undefined, now)).toBeNull();
});

const MAILBOXES: [text: string, read: Mailbox | null][] = [
  ["a@b.example", { name: "", address: "a@b.example" }],
  ["Ops <a@b.example>", { name: "Ops", address: "a@b.example" }],
  ['"Ops, Team" <a@b.example>', { name: "Ops, Team", address: "a@b.example" }],
  ["Größe ✓ <ü@b.example>", { name: "Größe ✓", address: "ü@b.example" }],
  ["", null],
  ["nobody", null],
  ["a@b.example, c@d.example", null],
  ["a@b.example\r\nBcc: c@d.example", null],
  ["A <a@b> B <c@d>", null],
  ["a b@c", null],
];
test.each(MAILBOXES)("a mailbox: %j", (text, read) => {
  expect(readMailbox(text)).toEqual(read);
});
