/**
 * The codes that services show now, in memory only. One per service: the newest. A code is seen, replaced by its next,
 * stale when it is older than its kind's life, linked when the service says so, and gone when the service ends.
 */
import { createHmac, randomBytes } from "node:crypto";
import { timestamp } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { SeenCode } from "./detector.ts";
import type { Kind } from "./kind.ts";
import { GRACE, LIVES, PATIENCE, SHOWN } from "./lives.ts";
import type { Matrix } from "./matrix.ts";
import type { Code } from "./shapes.ts";

export interface Held {
  service: string;
  /** null when it is over: nothing is kept of it then */
  payload: string | null;
  matrix: Matrix | null;
  kind: Kind;
  modules: number;
  version: string;
  /** milliseconds since the epoch */
  seenAt: number;
  firstSeenAt: number;
  endedAt: number | null;
  codes: number;
  state: Code["state"];
  /** milliseconds between one and the next, where they rotate: of the last few, and what that comes to */
  gaps: readonly number[];
  every: number | null;
  /** those printed until then are in `codes` already */
  countedTo: number;
  /** its process ended at that time; it goes when what that said last must have come */
  leaving: { at: number; until: number } | null;
  /** names the time that it asks */
  episode: string;
  via: "link" | "here" | "unknown";
  /** when it was first shown to a person, this time */
  shownAt: number | null;
}

/** A time that a service asked, as an earlier run of this server knew it. */
export type Earlier = Pick<Held, "service" | "episode" | "firstSeenAt" | "countedTo" | "codes" | "via">;

export type Outcome = "linked" | "expired" | "gone";

/** What happens to codes, for whoever tells it on. */
export type CodeNews = (held: Held, what: "seen" | "changed" | "ended" | "removed", outcome: Outcome | null) => void;

/** rotations outside of these are no rotation */
const [SHORTEST, LONGEST] = [3000, 2 * 60_000];
const GAPS = 8;
/** milliseconds after the end of a process for its last lines to come */
const DRAIN = 2000;
const MOST_HELD = 1000;
const LARGEST = 177;

export class Codes {
  readonly #held = new Map<string, Held>();
  readonly #earlier = new Map<string, Earlier>();
  readonly #key = randomBytes(32);
  readonly #listeners = new Set<CodeNews>();

  listen(listener: CodeNews): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every service's newest. */
  all(): Held[] {
    return [...this.#held.values()];
  }

  of(service: string): Held | null {
    return this.#held.get(service) ?? null;
  }

  /** A code that is found again goes on with the time that its service asked before this server was cut off. */
  resume(earlier: Iterable<Earlier>): void {
    for (const one of earlier) this.#earlier.set(one.service, one);
  }

  /** Takes in a code that was printed `at` (milliseconds since the epoch). One that is older than the one held is none. */
  see(service: string, seen: SeenCode, at: number, now = Date.now()): void {
    const time = Math.min(at, now);
    if (!isDrawable(seen.matrix)) return;
    const version = this.#version(seen);
    const leaving = this.#held.get(service)?.leaving;
    // the next run shows it: what the one before has shown is over
    if (leaving && time > leaving.at) this.drop(service, now);
    const before = this.#held.get(service) ?? null;
    // one that is held from the time to come was taken in before the clock was put back
    if (before && time < before.seenAt && before.seenAt <= now) return;
    const goesOn = before !== null && before.endedAt === null;
    if (before?.version === version && (goesOn || before.state === "linked" || LIVES[before.kind].rotates)) {
      if (goesOn) this.#again(before, time);
      return;
    }
    if (!before && this.#held.size >= MOST_HELD) return;
    // what is drawn and cannot be read is most likely of the kind that it was before
    const kind = seen.payload === null && before ? before.kind : seen.kind;
    // nobody waits for it any more
    if (!goesOn && now - time >= LIVES[kind].first + PATIENCE) return;
    const earlier = goesOn ? null : this.#earlierOf(service, { kind, time });
    const known = goesOn ? before : earlier;
    const countedTo = known?.countedTo ?? 0;
    const gaps = goesOn && before.kind === kind ? gapsWith(before, time) : [];
    const held: Held = {
      ...{ service, payload: seen.payload, matrix: seen.matrix, kind, modules: seen.matrix.length, version },
      ...{ seenAt: time, firstSeenAt: known?.firstSeenAt ?? time, endedAt: null, leaving: null },
      codes: (known?.codes ?? 0) + (time > countedTo ? 1 : 0),
      countedTo,
      state: "waiting",
      gaps,
      every: gaps.length === 0 ? null : Math.min(...gaps.slice(-2)),
      episode: known?.episode ?? randomBytes(9).toString("base64url"),
      via: known?.via ?? "unknown",
      shownAt: goesOn ? before.shownAt : null,
    };
    this.#held.set(service, held);
    this.#tell(held, "seen");
    this.#age(held, now);
  }

  /** The service says that somebody has scanned it. False where it did not ask. */
  link(service: string, at: number, now = Date.now()): boolean {
    const held = this.#held.get(service);
    if (!held || held.state === "linked" || (at < held.seenAt && held.seenAt <= now)) return false;
    if (held.endedAt !== null) return false;
    this.#end(held, "linked", at);
    return true;
  }

  /** Its process ended `at`: what that said last, perhaps that it is linked, may be on its way. Soon it is dropped. */
  leave(service: string, at: number, now = Date.now()): void {
    const held = this.#held.get(service);
    if (held) held.leaving ??= { at, until: now + DRAIN };
  }

  /** What it has shown leads nowhere any more. */
  drop(service: string, now = Date.now()): void {
    const held = this.#held.get(service);
    if (!held) return;
    if (held.endedAt === null) this.#end(held, "gone", now);
    this.#held.delete(service);
    this.#tell(held, "removed");
  }

  /** It was shown to a person. */
  shown(service: string, via: "link" | "here", now = Date.now()): void {
    const held = this.#held.get(service);
    if (!held || held.endedAt !== null) return;
    held.shownAt ??= now;
    // who came by a link was sent one: that says more than a look in passing
    if (held.via !== "link") held.via = via;
  }

  /** What time alone changes; called every half second while there is something. */
  tick(now = Date.now()): void {
    for (const held of this.#held.values())
      if (held.leaving && now >= held.leaving.until) this.drop(held.service, now);
      else this.#age(held, now);
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  #earlierOf(service: string, { kind, time }: { kind: Kind; time: number }): Earlier | null {
    const earlier = this.#earlier.get(service);
    this.#earlier.delete(service);
    if (!earlier || time < earlier.firstSeenAt) return null;
    return time - earlier.countedTo < LIVES[kind].first + PATIENCE ? earlier : null;
  }

  /** The same code once more, as a drawing and as text or printed anew: its life does not begin again where it rotates. */
  #again(held: Held, time: number): void {
    if (LIVES[held.kind].rotates || time - held.seenAt < SHORTEST) return;
    held.seenAt = time;
    held.state = "waiting";
    this.#tell(held, "changed");
  }

  #age(held: Held, now: number): void {
    const over = held.seenAt + lifeOf(held);
    if (held.state === "waiting" && now >= over + GRACE) {
      held.state = "stale";
      this.#tell(held, "changed");
    }
    if (held.state === "stale" && held.endedAt === null && now >= over + PATIENCE) this.#end(held, "expired", now);
    if (held.endedAt === null || now < held.endedAt + SHOWN) return;
    this.#held.delete(held.service);
    this.#tell(held, "removed");
  }

  #end(held: Held, outcome: Outcome, at: number): void {
    held.endedAt = at;
    if (outcome === "linked") held.state = "linked";
    // nothing is kept that could be scanned
    held.payload = null;
    held.matrix = null;
    this.#tell(held, "ended", outcome);
  }

  #tell(held: Held, what: Parameters<CodeNews>[1], outcome: Outcome | null = null): void {
    for (const listener of this.#listeners) listener(held, what, outcome);
  }

  /** Equal for equal codes, and nothing that a code could be told from. */
  #version({ payload, matrix }: SeenCode): string {
    const content = payload ?? matrix.map((row) => row.map(Number).join("")).join("\n");
    return createHmac("sha256", this.#key).update(content).digest("base64url").slice(0, 16);
  }
}

/** Milliseconds that it can be scanned for. */
export function lifeOf({ kind, codes, gaps, every }: Pick<Held, "kind" | "codes" | "gaps" | "every">): number {
  const { first, next } = LIVES[kind];
  // programs set their own pace; and one that begins anew gives the first once more as much time as ever
  return codes === 1 ? first : Math.max(next, every ?? 0, Math.min(first, Math.max(0, ...gaps)));
}

/** With the one before a code that is printed now. Before the second it says how long the first lived, which is another. */
function gapsWith({ kind, codes, seenAt, gaps }: Held, time: number): readonly number[] {
  const gap = time - seenAt;
  if (!LIVES[kind].rotates || codes < 2 || gap < SHORTEST || gap > LONGEST) return gaps;
  return [...gaps, gap].slice(-GAPS);
}

/** What claims to be a code is one of a side that codes have. */
function isDrawable(matrix: Matrix): boolean {
  const side = matrix.length;
  return side >= 21 && side <= LARGEST && side % 4 === 1 && matrix.every((row) => row.length === side);
}

/** A code as the API tells it. `withPayload`: to who may act on its service. */
export function codeOf(held: Held, withPayload: boolean): Code {
  return {
    ...{ service: held.service, payload: withPayload ? held.payload : null, kind: held.kind, modules: held.modules },
    ...{ seenAt: timestamp(held.seenAt), state: held.state, version: held.version },
    ...{ firstSeenAt: timestamp(held.firstSeenAt), codes: held.codes, renewsAt: renewalOf(held) },
    rotates: LIVES[held.kind].rotates,
  };
}

/** When the next one is due, by what was seen of its rotation, else its end, where its kind has one. */
export function renewalOf(held: Held): string | null {
  if (held.state !== "waiting") return null;
  const { first, next, rotates } = LIVES[held.kind];
  if (!rotates && held.kind !== "signal") return null;
  const life = held.codes === 1 ? first : rotates ? (held.every ?? next) : lifeOf(held);
  return timestamp(held.seenAt + life);
}

/** The codes of this process. */
export const codes = () => singleton("relay.codes", () => new Codes());
