/** Tells the pages when volumes come, go, or get other users. */
import { type BusEvent, bus } from "#lib/events/bus.ts";
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import type { Service } from "#lib/services/service.ts";
import { type VolumeEngine, volumeEngines } from "./engines.ts";
import { refresh, rememberedVolumes } from "./inventory.ts";
import { measureSoon } from "./measure.ts";

/** milliseconds: a stack that comes up changes much at once */
const GATHER = 300;
const RETRY = 5_000;
const RESCAN = 30_000;

/** Watches every engine with volumes, those that come later too, until the signal aborts. */
export async function watchVolumes(signal: AbortSignal): Promise<void> {
  const watched = new Set<VolumeEngine>();
  while (!signal.aborted) {
    for (const engine of volumeEngines()) {
      if (watched.has(engine)) continue;
      watched.add(engine);
      void watchEngine(engine, signal);
    }
    await sleep(RESCAN, signal);
  }
}

async function watchEngine(engine: VolumeEngine, signal: AbortSignal): Promise<void> {
  const scope = `${engine.host}/${engine.scope}`;
  // its own memory: whoever reads the list meanwhile has its changes before they are told
  const told: Told = { texts: null };
  let isDue = false;
  const soon = () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      void tellChanges(engine, told);
    }, GATHER).unref();
  };
  const seen = new Set<string>();
  const unsubscribe = bus().subscribe((event) => {
    if (changesUsers(event, scope, seen)) soon();
  });
  signal.addEventListener("abort", unsubscribe, { once: true });
  await removeLeftovers(engine, scope);
  soon();
  while (!signal.aborted) {
    try {
      for await (const _ of engine.volumeChanges(signal)) soon();
    } catch (error) {
      // its watch of containers says that it is away
      logger("volumes").debug({ scope, why: messageOf(error) }, "its volumes are not watched now");
    }
    await sleep(RETRY, signal);
    if (!signal.aborted) soon();
  }
}

/** A server that was killed while somebody looked into a volume has left what it looked through. */
async function removeLeftovers(engine: VolumeEngine, scope: string): Promise<void> {
  try {
    const count = await engine.removeHelpers();
    if (count > 0) logger("volumes").info({ scope, count }, "helper containers of an earlier run were removed");
  } catch (error) {
    logger("volumes").debug({ scope, why: messageOf(error) }, "helper containers are not looked for now");
  }
}

/** A container that is new or gone: the others keep their mounts for life. */
function changesUsers({ name, data }: BusEvent, scope: string, seen: Set<string>): boolean {
  if (name !== "service" && name !== "gone") return false;
  const { id } = data as Pick<Service, "id">;
  if (!id.startsWith(`${scope}/`)) return false;
  if (name === "gone") return seen.delete(id) || true;
  const isNew = !seen.has(id);
  seen.add(id);
  return isNew;
}

interface Told {
  /** of each volume; null: nothing was told yet */
  texts: Map<string, string> | null;
}

async function tellChanges(engine: VolumeEngine, told: Told): Promise<void> {
  await refresh(engine);
  const before = told.texts;
  const after = textsOf(engine);
  told.texts = after;
  if (before === null) return;
  for (const [id, text] of after) {
    if (before.get(id) === text) continue;
    if (!before.has(id)) measureSoon(id);
    bus().publish("volume", { id });
  }
  for (const id of before.keys()) if (!after.has(id)) bus().publish("volume", { id });
}

function textsOf(engine: VolumeEngine): Map<string, string> {
  return new Map(
    rememberedVolumes(engine).map(({ id, record, usedBy }) => [id, JSON.stringify([record, usedBy])] as const),
  );
}
