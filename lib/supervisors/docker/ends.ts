/**
 * What events tell of how containers ended. The engine forgets: after a restart by its policy the exit code reads 0 again,
 * and nothing in `inspect` tells a container that was stopped from one that was killed.
 */
import os from "node:os";
import type { EngineEvent } from "./shapes.ts";

export interface End {
  /** milliseconds since 1970 */
  at: number;
  code: number | null;
  oomKilled: boolean;
  /** numbers of the signals that the engine was told to send before the end */
  signals: number[];
  /** the engine was told to stop it */
  stopped: boolean;
}

interface Run {
  signals: number[];
  oom: boolean;
  ended: End | null;
}

/**
 * Milliseconds: `inspect` dates the end of the process, the event comes when the engine has cleaned up behind it. An event
 * that is older belongs to an end before.
 */
const LATEST = 10_000;
const EARLIEST = -50;
/** what people and init systems send to have a process end by itself */
const ASKING = new Set([os.constants.signals.SIGTERM, os.constants.signals.SIGINT, os.constants.signals.SIGQUIT]);
const RTMIN = 34;

/** The ends seen so far, by container id. */
export class Ends {
  readonly #runs = new Map<string, Run>();

  observe(event: EngineEvent): void {
    const run = this.#run(event.id);
    if (event.action === "start") Object.assign(run, { signals: [], oom: false });
    else if (event.action === "kill") run.signals.push(signalNumber(event.attributes.signal) ?? 0);
    else if (event.action === "oom") run.oom = true;
    else if (event.action === "stop" && run.ended) run.ended.stopped = true;
    else if (event.action === "die") {
      const code = Number.parseInt(event.attributes.exitCode ?? event.attributes.containerExitCode ?? "", 10);
      run.ended = {
        at: event.at,
        code: Number.isFinite(code) ? code : null,
        oomKilled: run.oom,
        signals: run.signals,
        stopped: false,
      };
    }
  }

  /** Takes up events of the past for the containers named, in place of what was known of them. */
  replay(events: readonly EngineEvent[], ids: ReadonlySet<string>): void {
    for (const id of ids) this.#runs.delete(id);
    for (const event of events) if (ids.has(event.id)) this.observe(event);
  }

  /** The end that `inspect` dates at `finishedAt`, if it was seen. */
  of(id: string, finishedAt: number): End | null {
    const ended = this.#runs.get(id)?.ended ?? null;
    const late = ended ? ended.at - finishedAt : Number.NaN;
    return late >= EARLIEST && late < LATEST ? ended : null;
  }

  /** The kernel's own word that it killed this container at this end. */
  markOom(id: string): void {
    const ended = this.#runs.get(id)?.ended;
    if (ended) ended.oomKilled = true;
  }

  retain(ids: ReadonlySet<string>): void {
    for (const id of this.#runs.keys()) if (!ids.has(id)) this.#runs.delete(id);
  }

  #run(id: string): Run {
    const run = this.#runs.get(id) ?? { signals: [], oom: false, ended: null };
    this.#runs.set(id, run);
    return run;
  }
}

/** Somebody asked for this end: by `stop`, or by a signal that means it. */
export function wasAsked(end: End, stopSignal: string | null): boolean {
  const own = signalNumber(stopSignal ?? undefined);
  return end.stopped || end.signals.some((signal) => ASKING.has(signal) || signal === own);
}

/** `15`, `SIGTERM`, `TERM`, `SIGRTMIN+3` as a number; null when it is no signal. */
export function signalNumber(word: string | undefined): number | null {
  if (word === undefined || word === "") return null;
  if (/^\d+$/.test(word)) return Number(word);
  const name = word.toUpperCase().replace(/^(SIG)?/, "SIG");
  const realTime = /^SIGRTMIN\+(\d+)$/.exec(name);
  if (realTime) return RTMIN + Number(realTime[1]);
  return os.constants.signals[name as NodeJS.Signals] ?? null;
}

/** `SIGKILL` for 137; null for a code that no signal gives. */
export function signalOfCode(code: number | null): string | null {
  if (code === null || code <= 128) return null;
  const number = code - 128;
  return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
