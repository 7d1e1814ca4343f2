/**
 * Keeps an eye on logs for codes. While somebody looks at the relay every log is read along with; while a service shows a
 * code or a link is alive, that one. Otherwise logs are only looked at now and then, one at a time (`lookEvery`).
 */
import { type BusEvent, bus } from "#lib/events/bus.ts";
import { sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { sampler } from "#lib/services/sample.ts";
import type { Service } from "#lib/services/service.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { readAlong, readPast } from "./along.ts";
import { isWatched, looked, onLooking } from "./attention.ts";
import { hasSlept, isAlive, lookEvery, toFollow } from "./choose.ts";
import { type Codes, codes } from "./codes.ts";
import { linkedTo } from "./links.ts";
import { onRelayNews } from "./news.ts";
import { runOf } from "./run-of.ts";
import { type Place, Scan } from "./scan.ts";

/** milliseconds between two looks, while somebody looks at the relay and while nobody does */
const TICK = 500;
const CALM = 1500;
/** milliseconds between two looks for what is due, while nobody looks */
const FIND_EVERY = 3000;
const SOON = 50;
/** the log of what is not wanted any more is followed for so long: people go from page to page */
const LINGER = 20_000;
const RETRY = 3000;
/** of the past when reading along begins; the longest life of a code */
const PAST = 10 * 60_000;
/** the last lines of what has ended are on their way for so long */
const LAST_LINES = 2500;
/** a unit may have printed its code before it said that it is up */
const BEFORE_UP = 60_000;
/** a program may have printed before its supervisor noted that it runs */
const BEFORE_NOTED = 2000;
const AT_ONCE = 8;
/** looks at once, and milliseconds after which one is given up: a daemon that hangs stops no others */
const LANES = 2;
const LONGEST_LOOK = 10_000;
/** whoever asks for the codes waits for the past to be read, but not longer */
const PATIENCE = 1500;

interface Along {
  ending: AbortController;
  ready: Promise<void>;
  /** since when it is not wanted; null: it is */
  unwanted: number | null;
  /** null: it has not begun to read */
  scan: Scan | null;
}

export interface WatchDeps {
  codes: Codes;
  /** services that asked in the last weeks */
  known: Set<string>;
}

export class RelayWatch {
  readonly #codes: Codes;
  readonly #known: Set<string>;
  readonly #signal: AbortSignal;
  readonly #alongs = new Map<string, Along>();
  /** when one was looked at last, or might have been: what that says is when the next look is due, and nothing else */
  readonly #rounds = new Map<string, number>();
  readonly #looking = new Set<string>();
  readonly #places = new Map<string, Place>();
  readonly #runs = new Map<string, string>();
  /** seconds of CPU that one had used when it was looked at last */
  readonly #usedAt = new Map<string, number>();
  #overdue: string[] = [];
  #foundAt = Number.NEGATIVE_INFINITY;
  #starting = 0;
  readonly #queue: (() => void)[] = [];
  #due: NodeJS.Timeout | null = null;

  constructor({ codes, known }: WatchDeps, signal: AbortSignal) {
    this.#codes = codes;
    this.#known = known;
    this.#signal = signal;
    const stops = [
      onLooking(() => this.#choose()),
      onRelayNews((service) => {
        if (!this.#alongs.has(service)) this.#soon();
      }),
      codes.listen((held) => void this.#known.add(held.service)),
      bus().subscribe((event) => this.#hear(event), { looks: false }),
    ];
    signal.addEventListener("abort", () => {
      for (const stop of stops) stop();
      for (const along of this.#alongs.values()) along.ending.abort();
      if (this.#due) clearTimeout(this.#due);
    });
    for (let lane = 0; lane < LANES; lane += 1) void this.#look();
  }

  /** Resolves when what is read along with has been read up to now, or after a moment. */
  async allRead(): Promise<void> {
    this.#choose();
    const all = Promise.all([...this.#alongs.values()].map(({ ready }) => ready));
    await Promise.race([all, sleep(PATIENCE, this.#signal)]);
  }

  /** Time went on: called twice a second. */
  tick(): void {
    for (const { service, seenAt } of this.#codes.all()) {
      const now = snapshot().service(service);
      // its end may have been told before its last line was read
      if (!now || (now.stale === null && isOver(now) && Date.now() - seenAt > PATIENCE))
        this.#codes.leave(service, Date.now());
    }
    this.#codes.tick();
    this.#choose();
  }

  #hear({ name, data }: BusEvent): void {
    if (name === "service") this.#changed(data as Service);
    if (name === "gone") this.#gone((data as { id: string }).id);
  }

  #soon(): void {
    this.#due ??= setTimeout(() => {
      this.#due = null;
      this.#choose();
    }, SOON);
  }

  #choose(): void {
    if (this.#signal.aborted) return;
    const asking = this.#asking();
    const isNeeded = isWatched() || asking.size > 0;
    if (!isNeeded && this.#alongs.size === 0) return;
    const chosen = { services: snapshot().services(), isWatched: isWatched(), asking, known: this.#known };
    const wanted = isNeeded ? toFollow(chosen) : new Set<string>();
    const now = performance.now();
    for (const id of wanted) {
      const along = this.#alongs.get(id);
      if (along) along.unwanted = null;
      else this.#follow(id);
    }
    for (const [id, along] of this.#alongs) {
      if (wanted.has(id)) continue;
      along.unwanted ??= now;
      const service = snapshot().service(id);
      if (service && isAlive(service) && now - along.unwanted < LINGER) continue;
      if (now - along.unwanted < LAST_LINES) continue;
      along.ending.abort();
      this.#alongs.delete(id);
      this.#remember(id, along.scan);
    }
  }

  #asking(): Set<string> {
    const showing = this.#codes.all().flatMap(({ service, endedAt }) => (endedAt === null ? [service] : []));
    return new Set([...showing, ...linkedTo()]);
  }

  #follow(id: string): void {
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.#signal]);
    let onReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
    });
    const along: Along = { ending, ready, unwanted: null, scan: null };
    this.#alongs.set(id, along);
    void this.#run(id, { along, onReady }, signal);
  }

  async #run(
    id: string,
    { along, onReady }: { along: Along; onReady: () => void },
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      await this.#turn();
      const done = this.#leaver(onReady);
      try {
        const source = sourceOf(id);
        const scan = this.#scan(id);
        along.scan = scan;
        if (source) await readAlong(source, { scan, since: this.#sinceOf(id), onReady: done }, signal);
      } catch (error) {
        if (!isAbort(error)) logger("relay").debug({ service: id }, `not read along with: ${messageOf(error)}`);
      }
      done();
      // whoever ended it has remembered this already, and others may have read on since
      if (!signal.aborted) this.#remember(id, along.scan);
      await sleep(RETRY, signal);
    }
    onReady();
  }

  /** A few logs are opened at a time. */
  async #turn(): Promise<void> {
    if (this.#starting >= AT_ONCE) await new Promise<void>((go) => this.#queue.push(go));
    else this.#starting += 1;
  }

  #leaver(onReady: () => void): () => void {
    let isIn = true;
    return () => {
      onReady();
      if (!isIn) return;
      isIn = false;
      const next = this.#queue.shift();
      if (next) next();
      else this.#starting -= 1;
    };
  }

  /** One log after the other, the one that is most overdue first, however many there are. */
  async #look(): Promise<void> {
    while (!this.#signal.aborted) {
      await sleep(isWatched() ? TICK : CALM, this.#signal);
      const id = this.#next();
      if (id === null) continue;
      this.#rounds.set(id, Date.now());
      // as it was a moment ago: what it has printed since is looked at again
      const used = sampler().cpuSecondsOf(id);
      this.#looking.add(id);
      const ending = new AbortController();
      const signal = AbortSignal.any([ending.signal, this.#signal]);
      const isDone = await Promise.race([this.#lookAt(id, signal), sleep(LONGEST_LOOK, signal).then(() => false)]);
      if (isDone && used !== null) this.#usedAt.set(id, used);
      else this.#usedAt.delete(id);
      ending.abort();
      this.#looking.delete(id);
    }
  }

  /** Was it read to its end? */
  async #lookAt(id: string, signal: AbortSignal): Promise<boolean> {
    let isRead = false;
    const scan = this.#scan(id);
    try {
      const source = sourceOf(id);
      if (source) await readPast(source, { scan, since: this.#sinceOf(id), through: null }, signal);
      isRead = !signal.aborted;
    } catch (error) {
      if (!isAbort(error)) logger("relay").debug({ service: id }, `not looked at: ${messageOf(error)}`);
    }
    // given up, it knows less than the next one; and what is followed meanwhile reads for itself
    if (!signal.aborted && !this.#alongs.has(id)) this.#remember(id, scan);
    return isRead;
  }

  #scan(id: string): Scan {
    return new Scan(id, this.#codes, this.#places.get(id) ?? null);
  }

  /** What was read is not read again: an old code would come back, and so would the word that ended it. */
  #remember(id: string, scan: Scan | null): void {
    if (scan && snapshot().service(id)) this.#places.set(id, scan.place);
  }

  /** Those that are due, the most overdue first, are found for a while. */
  #next(): string | null {
    const now = performance.now();
    if (now - this.#foundAt >= (isWatched() ? 0 : FIND_EVERY)) {
      this.#foundAt = now;
      this.#overdue = this.#allOverdue();
    }
    for (let id = this.#overdue.shift(); id !== undefined; id = this.#overdue.shift())
      if (snapshot().service(id) && !this.#alongs.has(id) && !this.#looking.has(id)) return id;
    return null;
  }

  #allOverdue(): string[] {
    const chosen = { isWatched: isWatched(), known: this.#known };
    const now = Date.now();
    const overdue: { id: string; by: number }[] = [];
    for (const service of snapshot().services()) {
      const { id } = service;
      if (this.#alongs.has(id) || this.#looking.has(id)) continue;
      const every = lookEvery(service, chosen);
      if (every === null) continue;
      const last = this.#rounds.get(id);
      // at the start the rounds are spread out
      if (last === undefined) this.#rounds.set(id, now - Math.random() * every * 1000);
      const by = (now - (last ?? now)) / (every * 1000);
      if (by < 1) continue;
      const used = { before: this.#usedAt.get(id) ?? null, now: sampler().cpuSecondsOf(id) };
      if (hasSlept(every, used)) this.#rounds.set(id, now);
      else overdue.push({ id, by });
    }
    return overdue.sort((one, other) => other.by - one.by).map(({ id }) => id);
  }

  /** From when on its lines are of interest, by its log's clock: of this run, and as long as a code may live. */
  #sinceOf(id: string): number {
    const past = Date.now() - (this.#places.get(id)?.skew ?? 0) - PAST;
    const service = snapshot().service(id);
    return service?.since ? Math.max(past, beginningOf(service, Date.parse(service.since))) : past;
  }

  /** What an ended process has shown leads nowhere any more. */
  #changed(service: Service): void {
    const { id, since } = service;
    if (!this.#alongs.has(id)) this.#soon();
    const run = runOf(service);
    const before = this.#runs.get(id);
    if (run !== null) this.#runs.set(id, run);
    const held = this.#codes.of(id);
    if (!held || service.stale !== null) return;
    const isNew = before !== undefined && run !== null && before !== run;
    if (!isOver(service) && !isNew) return;
    const skew = this.#alongs.get(id)?.scan?.skew ?? 0;
    const endedAt = since === null ? Date.now() : Date.parse(since) + skew;
    if (held.seenAt <= endedAt) this.#codes.leave(id, endedAt);
  }

  #gone(id: string): void {
    this.#codes.leave(id, Date.now());
    this.#runs.delete(id);
    this.#rounds.delete(id);
    this.#usedAt.delete(id);
    this.#places.delete(id);
    this.#soon();
  }
}

/** Of a run that is noted since then: what it printed a little earlier is its own, but not what the one before did. */
function beginningOf({ supervisor, lastExit }: Service, since: number): number {
  const earliest = since - (supervisor === "systemd" ? BEFORE_UP : BEFORE_NOTED);
  const ended = lastExit?.at ? Date.parse(lastExit.at) : Number.NaN;
  return ended <= since ? Math.max(earliest, ended) : earliest;
}

function isOver({ state }: Service): boolean {
  return state === "stopped" || state === "failed" || state === "restarting";
}

function sourceOf(id: string) {
  const found = snapshot().find(id);
  return found ? { service: id, name: found.record.name, supervisor: found.source } : null;
}

const watch = () => singleton<{ now: RelayWatch | null }>("relay.watch", () => ({ now: null }));

/** Begins to keep an eye on logs, until the signal aborts. Called once. */
export function watchRelay(known: Set<string>, signal: AbortSignal): RelayWatch {
  const started = new RelayWatch({ codes: codes(), known }, signal);
  watch().now = started;
  return started;
}

/** Somebody asks what there is: resolves when every log has been read up to now, or after a moment. */
export async function allRead(): Promise<void> {
  looked();
  await watch().now?.allRead();
}
