/**
 * Slows guessing down: wrong tries are counted for each address, each account and all together. A try counts before its
 * password is looked at, so that a thousand at once are no way around, and is taken back when it was right.
 *
 * Nobody is shut out for good: every lock ends by itself, an address that somebody is signed in from passes the locks that
 * other addresses caused, passkeys are not guessed and only counted as requests, and the command line on the server always works.
 */
import net from "node:net";
import { monotonic } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";

interface Tries {
  count: number;
  /** when the window began, and until when it is shut */
  since: number;
  shut: number;
}

export interface Limit {
  most: number;
  /** milliseconds */
  window: number;
  shut: number;
}

export const LIMITS = {
  address: { most: 5, window: 15 * 60_000, shut: 15 * 60_000 },
  account: { most: 20, window: 15 * 60_000, shut: 5 * 60_000 },
  all: { most: 100, window: 60_000, shut: 60_000 },
} satisfies Record<string, Limit>;

/** Of requests that anybody may send and that leave rows behind. */
export const REQUEST_LIMITS = {
  address: { most: 60, window: 60_000, shut: 60_000 },
  all: { most: 300, window: 60_000, shut: 60_000 },
} satisfies Record<string, Limit>;

// an attacker chooses addresses and names: what is remembered of them has an end
const REMEMBERED = 20_000;
// so many at once: looking for the oldest passes over every place that was given up before
const FORGOTTEN = 1000;
const ALL = "all";
const ALL_REQUESTS = "all requests";

export interface Attempt {
  address: string;
  /** what the try is for; null: no account is named, as with a setup code */
  account: string | null;
  /** true when somebody is signed in to that account from that address */
  known: boolean;
  /** true when it is the caller's own account: strangers at the same address do not shut the caller out */
  own?: boolean;
}

/** Counts one try; call what it returns when the try was right. Throws AppError `rate_limited` with `retryAfter` when it is one too many. */
export function claimAttempt(attempt: Attempt, book = attemptBook()): () => void {
  const address = networkOf(attempt.address);
  const account = attempt.account === null ? null : attempt.account.toLowerCase();
  if (attempt.own) return claim([[`own ${address} ${account}`, LIMITS.address]], book);
  const counted: [string, Limit][] = [[`address ${address}`, LIMITS.address]];
  if (!attempt.known) {
    counted.push([ALL, LIMITS.all]);
    if (account !== null) counted.push([`account ${account}`, LIMITS.account]);
  }
  return claim(counted, book);
}

/**
 * Counts one request where nothing is guessed; `account` is the caller's own, null for nobody. Throws AppError `rate_limited`
 * with `retryAfter` when it is one too many.
 */
export function claimRequest(request: Pick<Attempt, "address" | "account">, book = attemptBook()): void {
  const address = networkOf(request.address);
  const own = request.account === null ? "" : ` ${request.account.toLowerCase()}`;
  const counted: [string, Limit][] = [[`requests ${address}${own}`, REQUEST_LIMITS.address]];
  if (own === "") counted.push([ALL_REQUESTS, REQUEST_LIMITS.all]);
  claim(counted, book, "requests");
}

/** Counts one use of what has its own limit. Throws AppError `rate_limited` with `retryAfter` when it is one too many. */
export function claimUse(of: string, limit: Limit, book: AttemptBook): void {
  claim([[`use ${of}`, limit]], book, "requests");
}

export interface AttemptBook {
  tries: Map<string, Tries>;
  now: () => number;
}

/** An empty book of tries; `now` in milliseconds that never go back. */
export function newAttemptBook(now: () => number = monotonic): AttemptBook {
  return { tries: new Map(), now };
}

const attemptBook = () => singleton("auth.attempts", () => newAttemptBook());

function claim(counted: [string, Limit][], book: AttemptBook, what = "wrong tries"): () => void {
  const now = book.now();
  const waits = counted.map(([key]) => (book.tries.get(key)?.shut ?? 0) - now);
  const wait = Math.max(0, ...waits);
  if (wait > 0) throw tooMany(wait, waits[0]! > 0 ? `${what} from this address` : what);
  const takeBack = counted.map(([key, limit]) => count(book, key, limit));
  return () => {
    for (const back of takeBack) back();
  };
}

/** Returns what takes this one try back, and nobody else's: who knows one password could else guess on at another's. */
function count(book: AttemptBook, key: string, limit: Limit): () => void {
  const now = book.now();
  const before = book.tries.get(key);
  const fresh = !before || now - before.since > limit.window || (before.shut > 0 && before.shut <= now);
  const tries = fresh ? { count: 0, since: now, shut: 0 } : before;
  tries.count += 1;
  const shuts = tries.count >= limit.most;
  if (shuts) tries.shut = now + limit.shut;
  // set anew, so that the order of the map is the order of use
  book.tries.delete(key);
  book.tries.set(key, tries);
  forgetOldest(book);
  return () => {
    tries.count -= 1;
    if (shuts) tries.shut = 0;
  };
}

function forgetOldest(book: AttemptBook): void {
  if (book.tries.size <= REMEMBERED) return;
  for (const old of book.tries.keys()) {
    if (old !== ALL && old !== ALL_REQUESTS) book.tries.delete(old);
    if (book.tries.size <= REMEMBERED - FORGOTTEN) break;
  }
}

/** A house with IPv6 has a whole /64 to itself. */
function networkOf(address: string): string {
  if (!net.isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("%")[0]!.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}

function tooMany(wait: number, what: string): AppError {
  const retryAfter = Math.ceil(wait / 1000);
  const minutes = Math.ceil(retryAfter / 60);
  return new AppError(
    "rate_limited",
    `Too many ${what}. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}`,
    {
      extensions: { retryAfter },
    },
  );
}
