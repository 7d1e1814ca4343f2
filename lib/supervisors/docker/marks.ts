/**
 * Starts and ends of a container: what the engine's event log still holds (256 events of all containers), and the last of
 * each as `inspect` knows it.
 */
import type { ServiceMark, TimedMark } from "../supervisor.ts";
import { type Engine, translate } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { signalOfCode } from "./ends.ts";
import { pastEvents } from "./events.ts";
import { checkName } from "./names.ts";
import type { Detail } from "./parse.ts";
import type { EngineEvent } from "./shapes.ts";

const TELLING = ["create", "start", "kill", "stop", "die", "restart"];
/** milliseconds by which an event and `inspect` differ about the same moment */
const SAME = 5000;

/** Marks of one engine's containers. Fifty followers that begin together ask it twice, not fifty times. */
export class MarkReader {
  readonly #engine: Engine;
  readonly #containers: Containers;
  #running: Promise<EngineEvent[]> | null = null;
  /** for all who asked since the running one was begun: it may not know what they come for */
  #next: Promise<EngineEvent[]> | null = null;

  constructor(engine: Engine, containers: Containers) {
    this.#engine = engine;
    this.#containers = containers;
  }

  /** Oldest first. Throws `invalid_name`, `unreachable`. */
  async read(name: string, signal: AbortSignal): Promise<TimedMark[]> {
    checkName(name);
    try {
      const events = await this.#events();
      return marksOf(
        events.filter((event) => event.name === name),
        this.#containers.remembered(name)?.detail ?? null,
      );
    } catch (error) {
      if (signal.aborted) return [];
      throw translate(error, this.#engine.scope);
    }
  }

  #events(): Promise<EngineEvent[]> {
    if (!this.#running) return this.#ask();
    this.#next ??= this.#running
      .catch(() => [])
      .then(() => {
        this.#next = null;
        return this.#ask();
      });
    return this.#next;
  }

  #ask(): Promise<EngineEvent[]> {
    const asking = pastEvents(this.#engine, 0, undefined, TELLING).finally(() => {
      if (this.#running === asking) this.#running = null;
    });
    this.#running = asking;
    return asking;
  }
}

/** `events`: of the containers that had this name, oldest first. */
export function marksOf(events: readonly EngineEvent[], detail: Detail | null): TimedMark[] {
  const marks: TimedMark[] = [];
  let id: string | null = null;
  let wasAsked = false;
  let endedAlone = false;
  const add = (at: number, mark: ServiceMark) => marks.push({ time: new Date(at).toISOString(), ...mark });
  for (const event of events) {
    const { action, at } = event;
    if (id !== null && event.id !== id) {
      add(at, { kind: "recreated", code: null, signal: null });
      [wasAsked, endedAlone] = [false, false];
    }
    id = event.id;
    if (action === "kill" || action === "stop" || action === "restart") wasAsked = true;
    if (action === "start") {
      add(at, { kind: endedAlone ? "restarted" : "started", code: null, signal: null });
      wasAsked = false;
      endedAlone = false;
    }
    if (action === "die") {
      add(at, endOf(event.attributes.exitCode ?? event.attributes.containerExitCode, wasAsked));
      endedAlone = !wasAsked;
    }
  }
  return withLast(marks, detail);
}

function endOf(word: string | undefined, wasAsked: boolean): ServiceMark {
  const code = /^\d{1,3}$/.test(word ?? "") ? Number(word) : null;
  const signal = signalOfCode(code);
  return { kind: wasAsked || code === 0 ? "exited" : "failed", code: signal ? null : code, signal };
}

/** Where the engine has forgotten the events, `inspect` knows the last start and the last end. */
function withLast(marks: TimedMark[], detail: Detail | null): TimedMark[] {
  const isKnown = (time: string) => marks.some((mark) => Math.abs(Date.parse(mark.time) - Date.parse(time)) < SAME);
  const more: TimedMark[] = [];
  if (detail?.startedAt && !isKnown(detail.startedAt))
    more.push({ time: detail.startedAt, kind: "started", code: null, signal: null });
  if (detail?.finishedAt && !isKnown(detail.finishedAt))
    more.push({ time: detail.finishedAt, ...endOf(String(detail.exitCode), false) });
  return [...marks, ...more].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}
