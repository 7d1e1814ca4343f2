/** Alerts put together with the rest of the server, for its life. */
import os from "node:os";
import { onCheck, openBook } from "#lib/checks/book.ts";
import { type BusEvent, bus } from "#lib/events/bus.ts";
import type { Job } from "#lib/jobs/job.ts";
import { liveJobs } from "#lib/jobs/run.ts";
import { follow } from "#lib/logs/follow.ts";
import { logSource } from "#lib/logs/sources.ts";
import { monotonic } from "#lib/platform/clock.ts";
import { env } from "#lib/platform/env.ts";
import { onEnding } from "#lib/platform/shutdown.ts";
import { causeOf, onCause } from "#lib/services/causes/cause.ts";
import { recorder } from "#lib/services/events/record.ts";
import type { Kept } from "#lib/services/events/store.ts";
import type { LiveEvents, Service, Supervisor } from "#lib/services/service.ts";
import { type Look, snapshot } from "#lib/services/snapshot.ts";
import { REOPEN } from "./book.ts";
import { builtInRules } from "./built-in.ts";
import { tell } from "./channels/tell.ts";
import { Engine } from "./engine.ts";
import { watchInTurns } from "./in-turns.ts";
import type { StoredIncident } from "./incident.ts";
import { running } from "./running.ts";
import { insertBuiltIn, readEndedByHand, readLive, readMutes, readRules, readTaken, writeIncidents } from "./store.ts";
import { watchCheck, watchChecks } from "./watch-checks.ts";
import { LineWatch } from "./watch-lines.ts";

/** milliseconds */
const LATELY = 3000;

/**
 * Watches until the signal aborts. To be awaited before services are looked at first, so that what happened to them while
 * the server was away is counted.
 */
export async function startAlerts(signal: AbortSignal): Promise<void> {
  await insertBuiltIn(builtInRules(new Date()));
  const causes = new Causes();
  const turns: { lookAgain: () => void } = { lookAgain: () => undefined };
  const engine = new Engine({
    clock: { now: () => Date.now(), mono: monotonic },
    board: {
      services: () => snapshot().services(),
      service: (id) => snapshot().service(id),
      supervisors: () => snapshot().supervisors(),
      isHeldStill: (id) => liveJobs().some(({ job }) => job.quiesced.includes(id)),
    },
    relations: { needs: isNeeded, named: (service) => causes.named(service) },
    rules: readRules,
    mutes: readMutes,
    write: writeIncidents,
    publish: (alert) => bus().publish("alert", alert satisfies LiveEvents["alert"]),
    tell,
    isExplained: (service) => causes.isThere(service),
    lookAgain: () => turns.lookAgain(),
    place: { host: os.hostname(), base: pagesAt() },
  });
  await engine.start(await whatIsLeft());
  engine.services.endedBefore(await readEndedByHand());
  running().engine = engine;
  const stops = await listen(engine, causes);
  const inTurns = watchInTurns(engine, linesOf(engine, signal), signal);
  const checks = await openBook();
  const lookAtChecks = () =>
    watchChecks(
      engine.desk,
      checks.all().map((one) => checks.shown(one)),
    );
  turns.lookAgain = () => {
    lookAtChecks();
    inTurns();
  };
  lookAtChecks();
  stops.push(
    onCheck((check) => {
      if (check.removed) lookAtChecks();
      else watchCheck(engine.desk, check);
      engine.wake();
    }),
  );
  onEnding(async () => {
    for (const stop of stops) stop();
    running().engine = null;
    await engine.stop();
  });
}

/** What is open, and what ended a moment ago; with what channels took when nobody could write it down any more. */
async function whatIsLeft(): Promise<StoredIncident[]> {
  const left = await readLive(new Date(Date.now() - REOPEN));
  const taken = await readTaken(left.map(({ id }) => id));
  return left.map((incident) => {
    const { detail, severity, endedAt, openedAt } = incident;
    const last = taken.get(incident.id);
    const state = last === "recovered" ? ("ended" as const) : ("open" as const);
    if (last === undefined || detail.said?.state === state || (state === "ended" && endedAt === null)) return incident;
    const toldAt = incident.toldAt ?? openedAt;
    return { ...incident, toldAt, detail: { ...detail, untold: null, said: { state, severity } } };
  });
}

async function listen(engine: Engine, causes: Causes): Promise<(() => void)[]> {
  const board = snapshot();
  const happened = new Map<string, Kept[]>();
  const restarts = new Map<string, number>();
  const records = await recorder();
  // the recorder looks first: what it tells of belongs to the look that follows here
  const stopHappened = records.onHappened((one) => {
    happened.set(one.service, [...(happened.get(one.service) ?? []), one]);
    if (one.kind === "exited" || one.kind === "restarted") void causeOf(one).catch(() => undefined);
  });
  board.onLook(({ id, record, asked }: Look) => {
    const before = restarts.get(id);
    restarts.set(id, record.restarts);
    const own = happened.get(id) ?? [];
    happened.delete(id);
    const grown = before === undefined ? null : Math.max(0, record.restarts - before);
    engine.services.looked({ id, restarts: grown, happened: own, asked: asked?.action ?? null });
  });
  const stopCauses = onCause((service, { explanation }) => {
    causes.came(service, explanation?.related ?? null);
    engine.explained(service, explanation && `${explanation.title}. ${explanation.words}`);
  });
  const stopBus = bus().subscribe(
    ({ name, data }: BusEvent) => {
      if (name === "service") engine.services.service(data as Service);
      else if (name === "supervisor") engine.services.supervisor(data as Supervisor);
      else if (name === "gone") {
        const { id } = data as LiveEvents["gone"];
        restarts.delete(id);
        causes.forget(id);
        engine.services.gone(id);
        // what a job has held still is judged when it lets go
      } else if (name === "job" && (data as Job).finishedAt !== null) engine.services.all();
      else return;
      engine.wake();
    },
    { looks: false },
  );
  return [stopHappened, stopCauses, stopBus];
}

/** Logs that rules are about. */
function linesOf(engine: Engine, signal: AbortSignal): LineWatch {
  const services = () =>
    snapshot()
      .services()
      .filter(({ listed, pinned }) => listed || pinned);
  const lines = new LineWatch(
    engine.desk,
    { services, follow: async (id, ending) => follow(await logSource(id), ending), wake: () => engine.wake() },
    signal,
  );
  engine.add(lines);
  return lines;
}

/** What cards of failures have said lately. */
class Causes {
  readonly #cards = new Map<string, { related: string | null; at: number }>();

  came(service: string, related: string | null): void {
    this.#cards.set(service, { related, at: monotonic() });
  }

  /** The service that the last card of this one names. */
  named(service: string): string | null {
    return this.#cards.get(service)?.related ?? null;
  }

  /** Has one come a moment ago? */
  isThere(service: string): boolean {
    return monotonic() - (this.#cards.get(service)?.at ?? Number.NEGATIVE_INFINITY) < LATELY;
  }

  forget(service: string): void {
    this.#cards.delete(service);
  }
}

/** Does this service need that one, by way of others too? */
function isNeeded(service: string, other: string): boolean {
  const seen = new Set([other]);
  for (const id of seen)
    for (const dependent of snapshot().service(id)?.dependents ?? []) {
      if (dependent === service) return true;
      seen.add(dependent);
    }
  return false;
}

function pagesAt(): string {
  const { baseUrl, host, port } = env();
  return baseUrl ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
