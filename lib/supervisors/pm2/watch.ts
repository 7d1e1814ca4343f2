/**
 * Changes of one daemon. Its bus tells when to ask; the answer is compared with what was told last. Asked again without
 * an event: after 30 s (a missed event), a second while something is on its way, and once 2.5 s after an event, when a
 * started app has come to listen on its ports.
 */
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { Change, Probe, ServiceRecord } from "../supervisor.ts";
import type { Bus } from "./bus.ts";

const RESYNC_MS = 30_000;
/** without a bus the list itself is asked this often */
const POLL_MS = 2000;
const SETTLE_MS = 2500;
const MOVING_MS = 1000;
/** events of one action come within this time of each other */
const COALESCE_MS = 60;
/** a crash loop makes events without an end */
const BETWEEN_MS = 250;
const RETRY_MS = 1000;

export interface Watched {
  list(): Promise<ServiceRecord[]>;
  probe(): Promise<Probe>;
  openBus(): Promise<Bus | null>;
}

export async function* watchDaemon(daemon: Watched, signal: AbortSignal): AsyncGenerator<Change> {
  let bus: Bus | null = null;
  let known: Map<string, string> | null = null;
  let down = "";
  let settling = false;
  try {
    while (!signal.aborted) {
      const asked = performance.now();
      let records: ServiceRecord[];
      try {
        bus ??= await daemon.openBus();
        records = await daemon.list();
      } catch (error) {
        bus?.close();
        bus = null;
        known = null;
        const probe = await trouble(daemon, error);
        if (signal.aborted) return;
        if (down !== JSON.stringify(probe)) yield { type: "down", probe };
        down = JSON.stringify(probe);
        await sleep(RETRY_MS, signal);
        continue;
      }
      if (signal.aborted) return;
      const next = new Map(records.map((record) => [record.name, JSON.stringify(record)]));
      if (known === null) yield { type: "reset", records };
      else yield* differences(known, next, records);
      known = next;
      down = "";
      if (!bus) {
        await sleep(POLL_MS, signal);
        continue;
      }
      const heard = await bus.wait(pause(records, settling), signal);
      settling = heard === "event";
      if (heard === "closed") {
        bus.close();
        bus = null;
      } else if (heard === "event")
        await sleep(Math.max(COALESCE_MS, BETWEEN_MS - (performance.now() - asked)), signal);
    }
  } finally {
    bus?.close();
  }
}

function* differences(
  known: ReadonlyMap<string, string>,
  next: ReadonlyMap<string, string>,
  records: readonly ServiceRecord[],
): Generator<Change> {
  for (const name of known.keys()) if (!next.has(name)) yield { type: "gone", name };
  for (const record of records) if (known.get(record.name) !== next.get(record.name)) yield { type: "changed", record };
}

function pause(records: readonly ServiceRecord[], settling: boolean): number {
  const moving = records.some(({ state }) => state === "starting" || state === "stopping" || state === "restarting");
  if (moving) return MOVING_MS;
  return settling ? SETTLE_MS : RESYNC_MS;
}

/** A daemon that answers the probe but not the question is no less out of reach. */
async function trouble(daemon: Watched, error: unknown): Promise<Probe> {
  const probe = await daemon.probe();
  if (probe.status !== "ready") return probe;
  return {
    status: "absent",
    detail: messageOf(error),
    hint: "The daemon answers, but not with its list; Trihelm asks again every second.",
    command: null,
  };
}
