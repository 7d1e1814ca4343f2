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
  /** milliseconds between the last two, where they rotate */
  every: number | null;
  /** names the time that it asks */
  episode: string;
  via: "link" | "here" | "unknown";
  /** when it was first shown to a person, this time */
  shownAt: number | null;
}

export type Outcome = "linked" | "expired" | "gone";

/** What happens to codes, for whoever tells it on. */
export type CodeNews = (held: Held, what: "seen" | "changed" | "ended" | "removed", outcome: Outcome | null) => void;

/** rotations outside of these are no rotation */
const [SHORTEST, LONGEST] = [3000, 10 * 60_000];
const MOST_HELD = 1000;
const LARGEST = 177;

export class Codes {
  readonly #held = new Map<string, Held>();
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

  /** Takes in a code that was printed `at` (milliseconds since the epoch). One that is older than the one held is none. */
  see(service: string, seen: SeenCode, at: number, now = Date.now()): void {
    const time = Math.min(at, now);
    if (!isDrawable(seen.matrix)) return;
    const version = this.#version(seen);
    const before = this.#held.get(service) ?? null;
    if (before && time < before.seenAt) return;
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
    const gap = goesOn ? time - before.seenAt : 0;
    const held: Held = {
      ...{ service, payload: seen.payload, matrix: seen.matrix, kind, modules: seen.matrix.length, version },
      ...{ seenAt: time, firstSeenAt: goesOn ? before.firstSeenAt : time, endedAt: null },
      codes: goesOn ? before.codes + 1 : 1,
      state: "waiting",
      every: gap >= SHORTEST && gap <= LONGEST ? gap : goesOn ? before.every : null,
      episode: goesOn ? before.episode : randomBytes(9).toString("base64url"),
      via: goesOn ? before.via : "unknown",
      shownAt: goesOn ? before.shownAt : null,
    };
    this.#held.set(service, held);
    this.#tell(held, "seen");
    this.#age(held, now);
  }

  /** The service says that somebody has scanned it. False where it did not ask. */
  link(service: string, at: number): boolean {
    const held = this.#held.get(service);
    if (!held || held.state === "linked" || at < held.seenAt) return false;
    if (held.endedAt !== null) return false;
    this.#end(held, "linked", at);
    return true;
  }

  /** The service has ended or is no more. */
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
    for (const held of this.#held.values()) this.#age(held, now);
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
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
export function lifeOf({ kind, codes }: Pick<Held, "kind" | "codes">): number {
  return codes === 1 ? LIVES[kind].first : LIVES[kind].next;
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
  if (held.every === null && !LIVES[held.kind].rotates && held.kind !== "signal") return null;
  const life = held.codes === 1 ? lifeOf(held) : (held.every ?? lifeOf(held));
  return timestamp(held.seenAt + life);
}

/** The codes of this process. */
export const codes = () => singleton("relay.codes", () => new Codes());
