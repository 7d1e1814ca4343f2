import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import type { VolumeRecord } from "#lib/supervisors/volumes.ts";
import { engineOf as engineNamed, type VolumeEngine, volumeEngines } from "#lib/volumes/engines.ts";
import type { VolumeAddress } from "./intents.ts";

/** The engine that a volume is at. Throws AppError `not_found` where this server has none by that name. */
export function engineOf({ host, scope }: Pick<VolumeAddress, "host" | "scope">): VolumeEngine {
  return engineNamed(host, scope);
}

/** One volume as its engine tells it; null: there is none by this name. */
export async function findVolume(address: VolumeAddress): Promise<VolumeRecord | null> {
  return (await engineOf(address).volumes()).find(({ name }) => name === address.name) ?? null;
}

/**
 * Where a volume that is named in a request would be: a whole id, or a name beside the volume that a backup is of, else at
 * the first engine there is.
 */
export function addressFor(name: string, sourceKey: string): VolumeAddress {
  const whole = parseServiceId(name);
  if (whole) return whole;
  const first = engineFor(sourceKey) ?? volumeEngines()[0];
  if (!first) throw new AppError("conflict", "There is no engine here that a volume could be made at");
  return { host: first.host, scope: first.scope, name };
}

/** The engine that a source is at; null for what is at none. */
export function engineFor(sourceKey: string): VolumeEngine | null {
  const [host, scope] = sourceKey.split("/");
  return volumeEngines().find((one) => one.host === host && one.scope === scope) ?? null;
}

export const volumeId = ({ host, scope, name }: VolumeAddress) => serviceId(host, scope, name);
