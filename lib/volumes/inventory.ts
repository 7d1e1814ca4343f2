/**
 * Volumes as the engines tell them now. What an engine said last stays while it cannot be asked, so that a page can still
 * show what there was.
 */
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { serviceId } from "#lib/services/id.ts";
import type { VolumeRecord } from "#lib/supervisors/volumes.ts";
import { type VolumeEngine, volumeEngines } from "./engines.ts";

export interface ListedVolume {
  id: string;
  engine: VolumeEngine;
  record: VolumeRecord;
  /** service ids of its users, exited ones too */
  usedBy: string[];
  /** since when nobody uses it, as far as this run of the server has seen; null: somebody does */
  unusedSince: string | null;
}

interface Known {
  volumes: ListedVolume[];
  reading: Promise<void> | null;
  next: Promise<void> | null;
}

/** milliseconds that a list may take before what is known has to do */
const PATIENCE = 10_000;

const memory = () => singleton("volumes", () => new WeakMap<VolumeEngine, Known>());

/** Every volume of every engine, asked now. */
export async function listVolumes(): Promise<ListedVolume[]> {
  const engines = volumeEngines();
  await Promise.all(engines.map(refresh));
  return engines.flatMap((engine) => knownOf(engine).volumes);
}

/** What was known last, without asking anybody. */
export function rememberedVolumes(engine: VolumeEngine): readonly ListedVolume[] {
  return knownOf(engine).volumes;
}

/** Asks one engine; what it cannot tell now stays as it was. */
export function refresh(engine: VolumeEngine): Promise<void> {
  const known = knownOf(engine);
  const begin = () => {
    known.next = null;
    known.reading = read(engine, known).finally(() => {
      known.reading = null;
    });
    return known.reading;
  };
  if (!known.reading) return begin();
  // an answer that is under way may be older than what the caller has just done: all who come meanwhile share the next
  known.next ??= known.reading.then(begin);
  return known.next;
}

async function read(engine: VolumeEngine, known: Known): Promise<void> {
  try {
    const records = await engine.volumes(AbortSignal.timeout(PATIENCE));
    const before = new Map(known.volumes.map((one) => [one.id, one]));
    known.volumes = records
      .map((record) => {
        const id = serviceId(engine.host, engine.scope, record.name);
        const usedBy = record.usedBy.map((name) => serviceId(engine.host, engine.scope, name));
        const unusedSince = usedBy.length > 0 ? null : (before.get(id)?.unusedSince ?? timestamp());
        return { id, engine, record, usedBy, unusedSince };
      })
      .sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  } catch (error) {
    logger("volumes").debug({ engine: `${engine.host}/${engine.scope}`, why: messageOf(error) }, "not listed now");
  }
}

function knownOf(engine: VolumeEngine): Known {
  const known = memory().get(engine) ?? { volumes: [], reading: null, next: null };
  memory().set(engine, known);
  return known;
}
