/**
 * Changes of one engine's containers: its event stream says which to read again, a slow resync finds what events missed.
 * The stream is open before the first list, so that nothing falls in between.
 */
import { monotonic, sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import type { Change, Probe, ServiceRecord } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { openEvents } from "./events.ts";
import type { EngineEvent } from "./shapes.ts";

/** milliseconds */
const GATHER = 50;
const RESYNC = 60_000;
const FIRST_RETRY = 500;
const LAST_RETRY = 5_000;
/** more containers than this at once: the whole list is the shorter question */
const MANY = 40;

/** Begins with `reset` or `down`, and ends only when the signal aborts. */
export async function* watchContainers(
  engine: Engine,
  containers: Containers,
  signal: AbortSignal,
): AsyncGenerator<Change> {
  let retry = FIRST_RETRY;
  let said = "";
  while (!signal.aborted) {
    let useless: unknown = null;
    let begun = false;
    try {
      for await (const change of session(engine, containers, signal)) {
        begun = true;
        retry = FIRST_RETRY;
        said = "";
        yield change;
      }
    } catch (error) {
      if (signal.aborted) return;
      // a session that was cut is opened again; one that never began says why
      if (!begun) useless = error;
    }
    const probe = await probeQuietly(engine, signal);
    if (!probe) return;
    const down = probe.status !== "ready" ? probe : useless === null ? null : unusable(useless);
    if (down && said !== down.status + down.detail) {
      said = down.status + down.detail;
      yield { type: "down", probe: down };
    }
    await sleep(retry, signal);
    retry = Math.min(retry * 2, LAST_RETRY);
  }
}

/** One connection, from its opening until the stream ends or something fails. */
async function* session(engine: Engine, containers: Containers, signal: AbortSignal): AsyncGenerator<Change> {
  const closing = new AbortController();
  const both = AbortSignal.any([signal, closing.signal]);
  try {
    const inbox = new Inbox(await openEvents(engine, {}, both), containers);
    const emitted = new Emitted();
    const first = await containers.list(both);
    emitted.differences(first);
    yield { type: "reset", records: first };
    let resyncAt = monotonic() + RESYNC;
    for (;;) {
      const touched = await inbox.take(Math.max(0, resyncAt - monotonic()));
      if (touched === "ended") return;
      if (touched.size > 0 && touched.size <= MANY) yield* emitted.differences(await containers.refresh(touched, both));
      else {
        resyncAt = monotonic() + RESYNC;
        const records = await containers.list(both);
        if (emitted.differences(records).length > 0) yield { type: "reset", records };
      }
    }
  } finally {
    closing.abort();
  }
}

/** Events as they come, gathered into sets of the containers that they touch. */
class Inbox {
  readonly #touched = new Set<string>();
  #wake: () => void = () => undefined;
  #ended = false;
  #failure: unknown = null;

  constructor(events: AsyncIterable<EngineEvent>, containers: Containers) {
    this.#read(events, containers).catch((error: unknown) => {
      this.#failure = error;
      this.#ended = true;
      this.#wake();
    });
  }

  /** What was touched, gathered for a moment; empty after `milliseconds` without anything. */
  async take(milliseconds: number): Promise<ReadonlySet<string> | "ended"> {
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    if (this.#touched.size === 0 && !this.#ended) await sleep(milliseconds, waking.signal);
    if (this.#touched.size > 0 && !this.#ended) await sleep(GATHER);
    if (this.#ended) {
      if (this.#failure && !isAbort(this.#failure)) throw this.#failure;
      return "ended";
    }
    const touched = new Set(this.#touched);
    this.#touched.clear();
    return touched;
  }

  async #read(events: AsyncIterable<EngineEvent>, containers: Containers): Promise<void> {
    for await (const event of events) {
      containers.observe(event);
      this.#touched.add(event.id);
      this.#wake();
    }
    this.#ended = true;
    this.#wake();
  }
}

/** What was told so far, so that only differences are told. */
class Emitted {
  #told = new Map<string, string>();

  differences(records: readonly ServiceRecord[]): Change[] {
    const changes: Change[] = [];
    const told = new Map<string, string>();
    for (const record of records) {
      const text = JSON.stringify(record);
      told.set(record.name, text);
      if (this.#told.get(record.name) !== text) changes.push({ type: "changed", record });
    }
    const gone = [...this.#told.keys()].filter((name) => !told.has(name));
    this.#told = told;
    return [...gone.map((name): Change => ({ type: "gone", name })), ...changes];
  }
}

async function probeQuietly(engine: Engine, signal: AbortSignal): Promise<Probe | null> {
  try {
    return await engine.probe(signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** It answers a probe, but not what is needed of it. */
function unusable(error: unknown): Exclude<Probe, { status: "ready" }> {
  return {
    status: "absent",
    detail: messageOf(error),
    hint: "The engine answers but cannot give its list: its own log says why",
    command: null,
  };
}
