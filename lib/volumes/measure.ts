/**
 * How large volumes are, found out one after the other in the background: on the disk where that can be read, else by
 * counting what the engine gives. The engine's own disk usage is never asked: it holds everything up while it counts.
 */

import { scanTar } from "#lib/backups/archive/tar-scan.ts";
import { bus } from "#lib/events/bus.ts";
import type { Job } from "#lib/jobs/job.ts";
import { sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { volumeAddress } from "./engines.ts";
import { listVolumes } from "./inventory.ts";
import { deleteSizesBefore, keepSize, readSizes } from "./store.ts";
import { type Measure, measureFolder } from "./walk.ts";

const HOUR = 3_600_000;
/** milliseconds: how old a figure may get, and one that takes the engine to read everything */
const FRESH = 20 * HOUR;
const FRESH_BY_ENGINE = 7 * 24 * HOUR;
const KEPT = 90 * 24 * HOUR;
/** milliseconds before the first one, so that a start is not slowed down */
const SETTLE = 5_000;
/** milliseconds of rest: after every few thousand entries, after so many bytes of the engine, and between volumes */
const REST = 20;
const PIECE = 16 * 1024 * 1024;
/** jobs after which a volume's content is another, or has just been read anyway */
const TELLING = new Set<Job["kind"]>(["backup", "restore", "undo", "clone"]);

interface Lane {
  waiting: Set<string>;
  wake: () => void;
}

const lane = () => singleton<Lane>("volume-measures", () => ({ waiting: new Set(), wake: () => undefined }));

/** Has it measured when its turn comes. */
export function measureSoon(id: string): void {
  lane().waiting.add(id);
  lane().wake();
}

/** Measures whatever is due, until the signal aborts. */
export async function measureForever(signal: AbortSignal): Promise<void> {
  const unsubscribe = bus().subscribe(({ name, data }) => {
    if (name !== "job") return;
    const { kind, state, subject } = data as Job;
    if (state === "succeeded" && TELLING.has(kind) && isVolume(subject)) measureSoon(subject);
  });
  try {
    await sleep(SETTLE, signal);
    let lookAt = 0;
    while (!signal.aborted) {
      if (performance.now() >= lookAt) {
        await findDue();
        lookAt = performance.now() + HOUR;
      }
      const next = lane().waiting.values().next().value;
      if (next === undefined) {
        await idle(lookAt - performance.now(), signal);
        continue;
      }
      lane().waiting.delete(next);
      await measureQuietly(next, signal);
      await sleep(REST, signal);
    }
  } finally {
    unsubscribe();
  }
}

/** Measures one now and keeps the figure. Throws what its engine or the disk cannot give. */
export async function measureVolume(id: string, signal: AbortSignal): Promise<Measure> {
  const { engine, name } = volumeAddress(id);
  const folder = await engine.volumeFolder(name);
  const measure = folder
    ? await measureFolder(folder, signal, { pause: REST })
    : await countTar(await engine.readVolume(name, signal), signal);
  await keepSize({ volume: id, measuredAt: new Date(), ...measure });
  bus().publish("volume", { id });
  return measure;
}

async function measureQuietly(id: string, signal: AbortSignal): Promise<void> {
  try {
    await measureVolume(id, signal);
  } catch (error) {
    // it went away, or its engine did: it is due again then
    if (!isAbort(error) && !signal.aborted)
      logger("volumes").info({ volume: id, why: messageOf(error) }, "not measured");
  }
}

async function findDue(): Promise<void> {
  try {
    const now = Date.now();
    await deleteSizesBefore(new Date(now - KEPT));
    const newest = new Map(
      (await readSizes(new Date(now - KEPT))).map((one) => [one.volume, one.measuredAt.getTime()]),
    );
    for (const { id, engine, record } of await listVolumes()) {
      const at = newest.get(id) ?? 0;
      if (now - at < FRESH) continue;
      if (now - at < FRESH_BY_ENGINE && (await engine.volumeFolder(record.name)) === null) continue;
      lane().waiting.add(id);
    }
  } catch (error) {
    logger("volumes").warn({ err: error }, "what is to be measured is not known now");
  }
}

async function idle(milliseconds: number, signal: AbortSignal): Promise<void> {
  const waking = new AbortController();
  lane().wake = () => waking.abort();
  if (lane().waiting.size === 0) await sleep(Math.max(0, milliseconds), AbortSignal.any([signal, waking.signal]));
}

async function countTar(tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Measure> {
  const total: Measure = { bytes: 0, files: 0 };
  let rest = 0;
  for await (const entry of scanTar(tar)) {
    if (entry.type !== "file") continue;
    total.files += 1;
    total.bytes += entry.size;
    rest += entry.size;
    if (rest < PIECE) continue;
    await sleep(REST * Math.floor(rest / PIECE), signal);
    rest %= PIECE;
  }
  return total;
}

function isVolume(subject: string): boolean {
  try {
    volumeAddress(subject);
    return true;
  } catch {
    // a folder, a unit, a stack
    return false;
  }
}
