/**
 * What is known of every container of one engine. A steady refresh is one call: only a container that is new, or whose
 * line in the list is not what it would have become by itself, is looked at again.
 */
import { monotonic } from "#lib/platform/clock.ts";
import { kernelKilled } from "#lib/platform/kernel-oom.ts";
import { type ServiceRecord, SupervisorError } from "../supervisor.ts";
import { type Engine, type Query, titles } from "./connect.ts";
import { Ends, wasAsked } from "./ends.ts";
import { pastEvents } from "./events.ts";
import { checkName, containerPath } from "./names.ts";
import { type Detail, dependentsOf, type Listed, parseDetail, parseEntry, toRecord } from "./parse.ts";
import type { ContainerInspect, EngineEvent, ListEntry } from "./shapes.ts";

interface Known {
  listed: Listed;
  detail: Detail;
  /** monotonic milliseconds: the status that `detail` describes was entered at this time or before */
  enteredBefore: number;
  /** has to be looked at again */
  stale: boolean;
  /** the end that past events were asked about already */
  askedAbout: string | null;
}

const AT_ONCE = 8;
const DAY = 86_400_000;
const KILLED = 137;
/** milliseconds that an answer may be under way without its ages looking wrong */
const SLOW = 500;

export class Containers {
  readonly #engine: Engine;
  readonly #known = new Map<string, Known>();
  readonly #ends = new Ends();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads the list, and looks again at what has changed. */
  list(signal?: AbortSignal): Promise<ServiceRecord[]> {
    return this.#inTurn(() => this.#read(null, signal));
  }

  /** Reads these containers anew, and gives all. */
  refresh(ids: ReadonlySet<string>, signal?: AbortSignal): Promise<ServiceRecord[]> {
    return this.#inTurn(() => this.#read(ids, signal));
  }

  observe(event: EngineEvent): void {
    this.#ends.observe(event);
  }

  /** The next list looks at it again, whatever its line says. */
  outdated(id: string): void {
    const known = this.#known.get(id);
    if (known) known.stale = true;
  }

  /** The container of this name, asking the engine where it is not known. Throws `invalid_name` and `not_found`. */
  async find(name: string, signal?: AbortSignal): Promise<{ id: string; detail: Detail }> {
    checkName(name);
    const known = this.#byName(name);
    if (known) return known;
    await this.list(signal);
    const found = this.#byName(name);
    if (found) return found;
    throw new SupervisorError("not_found", `${titles[this.#engine.scope]} has no container called ${name}`);
  }

  /** As `find`, from memory alone. */
  remembered(name: string): { id: string; detail: Detail } | null {
    return this.#byName(name);
  }

  /** Every container that is known, by name: for who would else ask for each. */
  byName(): Map<string, { id: string; name: string; detail: Detail }> {
    return new Map(
      [...this.#known].map(
        ([
          id,
          {
            listed: { name },
            detail,
          },
        ]) => [name, { id, name, detail }],
      ),
    );
  }

  /** Forgets what is remembered under a name, so that the next `find` asks. */
  forget(name: string): void {
    for (const [id, { listed }] of this.#known) if (listed.name === name) this.#known.delete(id);
  }

  #byName(name: string): { id: string; detail: Detail } | null {
    for (const [id, { listed, detail }] of this.#known) if (listed.name === name) return { id, detail };
    return null;
  }

  /** One reading at a time: an older answer must never overwrite a newer one. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    // whoever asked hears of the failure; the queue itself goes on
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #read(ids: ReadonlySet<string> | null, signal: AbortSignal | undefined): Promise<ServiceRecord[]> {
    signal?.throwIfAborted();
    const query: Query = ids ? { all: true, filters: { id: [...ids] } } : { all: true };
    const entries = await this.#engine.get<ListEntry[]>("/containers/json", query, signal);
    if (!Array.isArray(entries))
      throw new SupervisorError("unreachable", `${titles[this.#engine.scope]} answered with something that is no list`);
    const listed = entries.map(parseEntry).filter((one) => one !== null);
    const present = new Set(listed.map((one) => one.id));
    for (const id of this.#known.keys()) if (!present.has(id) && (ids === null || ids.has(id))) this.#known.delete(id);
    const stale: Listed[] = [];
    for (const one of listed) {
      const known = this.#known.get(one.id);
      if (!known || ids !== null || this.#isStale(one)) stale.push(one);
      else known.listed = one;
    }
    await eachOf(stale, (one) => this.#look(one, signal));
    await this.#explainEnds(stale, signal);
    if (ids === null) this.#ends.retain(present);
    return this.#records();
  }

  #isStale(listed: Listed): boolean {
    const known = this.#known.get(listed.id);
    if (!known || known.stale || known.listed.fingerprint !== listed.fingerprint) return true;
    if (listed.age === null) return false;
    // the same words, but younger than they could be: it was started (or ended) anew in between
    return monotonic() - listed.age.most * 1000 > known.enteredBefore + SLOW;
  }

  async #look(listed: Listed, signal: AbortSignal | undefined): Promise<void> {
    const inspect = await this.#inspect(listed, signal);
    if (!inspect) return void this.#known.delete(listed.id);
    const askedAbout = this.#known.get(listed.id)?.askedAbout ?? null;
    const enteredBefore = monotonic() - (listed.age?.least ?? 0) * 1000;
    this.#known.set(listed.id, { listed, detail: parseDetail(inspect), enteredBefore, stale: false, askedAbout });
  }

  /** null: it was removed in between. */
  async #inspect(listed: Listed, signal: AbortSignal | undefined): Promise<ContainerInspect | null> {
    try {
      return await this.#engine.get<ContainerInspect>(containerPath(listed.id, "json"), {}, signal);
    } catch (error) {
      if (error instanceof SupervisorError && error.reason === "not_found") return null;
      // one broken container (its layers are gone, say) must not hide all others
      if (error instanceof SupervisorError && error.reason === "refused") return { State: { Status: listed.status } };
      throw error;
    }
  }

  /** Finds out how containers ended that nobody watched: one call for all, and none where nothing is unclear. */
  async #explainEnds(looked: readonly Listed[], signal: AbortSignal | undefined): Promise<void> {
    const ended = looked
      .map(({ id }) => ({ id, known: this.#known.get(id) }))
      .filter((one): one is { id: string; known: Known } => one.known?.detail.finishedAt != null);
    const unclear = ended.filter(({ id, known }) => {
      const { finishedAt, status, exitCode } = known.detail;
      const success = exitCode === 0 && status === "exited";
      return !success && known.askedAbout !== finishedAt && !this.#ends.of(id, Date.parse(finishedAt!));
    });
    if (unclear.length > 0) {
      const events = await pastEvents(this.#engine, this.#engine.scope === "docker" ? 0 : Date.now() - DAY, signal);
      this.#ends.replay(events, new Set(unclear.map(({ id }) => id)));
      for (const { known } of unclear) known.askedAbout = known.detail.finishedAt;
    }
    if (this.#engine.local) for (const { id, known } of ended) this.#askKernel(id, known.detail);
  }

  #askKernel(id: string, detail: Detail): void {
    const finishedAt = Date.parse(detail.finishedAt!);
    const end = this.#ends.of(id, finishedAt);
    const code = end?.code ?? detail.exitCode;
    if (code !== KILLED || detail.oomKilled || end?.oomKilled) return;
    if (end && (wasAsked(end, detail.stopSignal) || end.signals.length > 0)) return;
    if (!kernelKilled(id, finishedAt)) return;
    if (end) this.#ends.markOom(id);
    else detail.oomKilled = true;
  }

  #records(): ServiceRecord[] {
    const all = [...this.#known.values()];
    const dependents = dependentsOf(all.map(({ listed }) => listed));
    return all.map(({ listed, detail }) => {
      const end = detail.finishedAt ? this.#ends.of(listed.id, Date.parse(detail.finishedAt)) : null;
      return toRecord(listed, detail, end, dependents.get(listed.id) ?? []);
    });
  }
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
