import { beforeEach, describe, expect, test } from "vitest";
import {
  type Attempt,
  type AttemptBook,
  claimAttempt,
  claimRequest,
  LIMITS,
  newAttemptBook,
  REQUEST_LIMITS,
} from "./attempts.ts";

const MINUTE = 60_000;
let now: number;
let book: AttemptBook;
beforeEach(() => {
  now = 1_000_000;
  book = newAttemptBook(() => now);
});

const claim = (given: Partial<Attempt> = {}) =>
  claimAttempt({ address: "192.0.2.1", account: "mara", known: false, ...given }, book);
/** seconds to wait, or null where the try is let through (and was wrong) */
function tried(given: Partial<Attempt> = {}): number | null {
  try {
    claim(given);
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: "rate_limited" });
    return (error as { extensions: { retryAfter: number } }).extensions.retryAfter;
  }
}
const times = (count: number, given: (n: number) => Partial<Attempt> = () => ({})) =>
  Array.from({ length: count }, (_, n) => tried(given(n))).filter((wait) => wait === null).length;

describe("an address", () => {
  test("five wrong tries are let through, then it is shut for a quarter of an hour", () => {
    expect(times(8)).toBe(5);
    expect(tried()).toBe(15 * 60);
    now += 15 * MINUTE - 1;
    expect(tried()).toBe(1);
    now += 1;
    expect(times(8)).toBe(5);
  });

  test("whatever the account, and others are not touched", () => {
    expect(times(8, (n) => ({ account: `a${n}` }))).toBe(5);
    expect(tried({ address: "192.0.2.2" })).toBeNull();
    expect(tried({ account: null })).not.toBeNull();
  });

  test("tries that lie far apart are never too many", () => {
    expect(
      times(20, () => {
        now += 16 * MINUTE;
        return {};
      }),
    ).toBe(20);
  });

  test("a right try takes back itself, and not the wrong ones before it", () => {
    for (let round = 0; round < 9; round += 1) claim({ account: "own" })();
    expect(times(4)).toBe(4);
    // with a password of one's own in between
    claim({ account: "own" })();
    claim({ account: "own", known: true })();
    expect(times(2)).toBe(1);
  });

  test("a right one that came at once with wrong ones does not open what they shut", () => {
    const right = claim();
    expect(times(4)).toBe(4);
    right();
    expect(tried()).not.toBeNull();
  });

  test("a thousand at once are no way around: each counts before it is looked at", () => {
    const claims = Array.from({ length: 1000 }, () => {
      try {
        return claim();
      } catch {
        // refused, as most of them
        return null;
      }
    });
    expect(claims.filter(Boolean)).toHaveLength(5);
  });

  test("a home's whole IPv6 network is one address, however it is written", () => {
    const same = [
      "2001:db8:1:2::1",
      "2001:db8:1:2:ffff::9",
      "2001:0db8:0001:0002:a:b:c:d",
      "2001:DB8:1:2::A",
      "2001:db8:1:2:0:0:0:1",
    ];
    expect(times(5, (n) => ({ address: same[n]! }))).toBe(5);
    expect(tried({ address: "2001:db8:1:2:dead:beef::" })).not.toBeNull();
    expect(tried({ address: "2001:db8:1:3::1" })).toBeNull();
    expect(tried({ address: "2001:db8::2:0:0:0:1" })).toBeNull();
  });

  test("short and scoped IPv6 addresses are read too", () => {
    expect(times(6, () => ({ address: "::1" }))).toBe(5);
    expect(times(6, (n) => ({ address: `fe80::1%eth${n}` }))).toBe(5);
  });
});

describe("an account", () => {
  const from = (n: number) => ({ address: `198.51.100.${n}` });

  test("twenty tries from many addresses shut it for five minutes, in any case of its name", () => {
    expect(times(30, (n) => ({ ...from(n), account: n % 2 ? "MARA" : "mara" }))).toBe(20);
    expect(tried({ ...from(99), account: "otto" })).toBeNull();
    now += 5 * MINUTE;
    expect(tried(from(98))).toBeNull();
  });

  test("who is signed in from there is not locked out by others", () => {
    times(30, from);
    expect(tried(from(50))).not.toBeNull();
    expect(times(8, () => ({ address: "203.0.113.9", known: true }))).toBe(5);
  });

  test("tries that are let through by that are not counted against the account", () => {
    times(4, () => ({ address: "203.0.113.9", known: true }));
    expect(times(30, from)).toBe(20);
  });
});

describe("whoever is signed in already", () => {
  const own = { known: true, own: true };

  test("is not shut out by strangers at the same address, and is counted on their own", () => {
    expect(times(8)).toBe(5);
    expect(times(8, () => own)).toBe(5);
    expect(tried({ ...own, account: "otto" })).toBeNull();
    expect(tried({ ...own, address: "192.0.2.2" })).toBeNull();
  });

  test("does not shut out strangers at the same address", () => {
    expect(times(8, () => own)).toBe(5);
    expect(tried({ account: "otto" })).toBeNull();
  });
});

describe("all together", () => {
  const spread = (n: number) => ({ address: `10.${n >> 8}.${n & 255}.1`, account: `a${n}` });

  test("a hundred a minute over everything; it opens again by itself, and a known address passes", () => {
    expect(times(300, spread)).toBe(100);
    expect(tried({ address: "203.0.113.9", known: true })).toBeNull();
    now += LIMITS.all.shut;
    expect(tried(spread(900))).toBeNull();
  });

  test("right ones do not add up", () => {
    for (let n = 0; n < 500; n += 1) claim(spread(n))();
    expect(tried(spread(501))).toBeNull();
  });

  test("what is remembered has an end", () => {
    for (let n = 0; n < 30_000; n += 1) {
      now += 1000;
      tried({ address: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, account: `a${n}` });
    }
    expect(book.tries.size).toBeLessThanOrEqual(20_000);
    expect(book.tries.size).toBeGreaterThan(1000);
  });

  test("a flood of others' tries does not make a shut address be forgotten soon", () => {
    times(8);
    for (let n = 0; n < 150; n += 1) tried(spread(n));
    expect(tried()).not.toBeNull();
  });
});

describe("requests that anybody may send", () => {
  const sent = (address: string, account: string | null = null) => claimRequest({ address, account }, book);
  const { address, all } = REQUEST_LIMITS;

  test("are many from one address, then none for a minute, and passwords are not touched", () => {
    for (let n = 0; n < address.most; n += 1) sent("192.0.2.1");
    expect(() => sent("192.0.2.1")).toThrow("Too many requests from this address. Try again in a minute");
    expect(tried()).toBeNull();
    sent("192.0.2.2");
    now += address.shut;
    sent("192.0.2.1");
  });

  test("are counted over all addresses, but not with those of people who are signed in", () => {
    for (let n = 0; n < all.most; n += 1) sent(`10.0.${n >> 8}.${n & 255}`);
    expect(() => sent("203.0.113.9")).toThrow("Too many requests. Try");
    for (let n = 0; n < address.most; n += 1) sent("203.0.113.9", "mara");
    expect(() => sent("203.0.113.9", "Mara")).toThrow("Too many requests");
  });
});

test("the refusal says when to come again", () => {
  times(5);
  expect(() => claim()).toThrow("Too many wrong tries from this address. Try again in 15 minutes");
});
