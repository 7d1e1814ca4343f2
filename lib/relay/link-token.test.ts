import { beforeAll, expect, test } from "vitest";
import { guestCookie, guestPassOf, mayRenew } from "./link-token.ts";

const T = Date.UTC(2026, 10, 21, 12);
const [MINUTE, HOUR] = [60_000, 3_600_000];

beforeAll(() => void Reflect.set(globalThis, Symbol.for("trihelm.server-secret"), { value: "a".repeat(43) }));

function sent(...cookies: string[]): Headers {
  return new Headers({ cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") });
}

test("two links in one browser have a cookie each, and one says nothing of the other", () => {
  const both = sent(
    guestCookie("link-number-one", new Date(T + MINUTE), T),
    guestCookie("link-number-two", new Date(T + MINUTE), T),
  );
  expect(guestPassOf(both, "link-number-one", T)?.link).toBe("link-number-one");
  expect(guestPassOf(both, "link-number-two", T)?.link).toBe("link-number-two");
  expect(guestPassOf(both, null, T)?.link).toBe("link-number-one");
  const moved = guestCookie("link-number-one", new Date(T + MINUTE), T).replace("link-number-one", "link-number-two");
  expect([guestPassOf(sent(moved), "link-number-two", T), guestPassOf(sent(moved), null, T)]).toEqual([null, null]);
});

test("a pass outlives its link by two minutes, an hour at most, and can be renewed for long after that", () => {
  const short = sent(guestCookie("link-number-one", new Date(T + MINUTE), T));
  expect(guestPassOf(short, "link-number-one", T + 3 * MINUTE - 1)).toEqual({
    link: "link-number-one",
    until: T + 3 * MINUTE,
  });
  expect(guestPassOf(short, "link-number-one", T + 3 * MINUTE)).toBeNull();
  const long = sent(guestCookie("link-number-one", new Date(T + 48 * HOUR), T));
  expect(guestPassOf(long, "link-number-one", T + HOUR)).toBeNull();
  const renewable = (hours: number) => mayRenew(long, "link-number-one", T + hours * HOUR);
  expect([0, 1, 12.9, 13].map(renewable)).toEqual([true, true, true, false]);
  expect(mayRenew(long, "link-number-two", T)).toBe(false);
});
