import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import { isVolumeSource, type VolumeRecord, type VolumeSource } from "#lib/supervisors/volumes.ts";
import type { VolumeAddress } from "./intents.ts";
import { supervisorOf } from "./resume.ts";

export type Engine = Supervisor & VolumeSource;

/** The engine that a volume is at. Throws AppError `supervisor_unavailable` where this server has none by that name. */
export function engineOf({ host, scope }: Pick<VolumeAddress, "host" | "scope">): Engine {
  const supervisor = supervisorOf(`${host}/${scope}`);
  if (!supervisor || !isVolumeSource(supervisor))
    throw new AppError("supervisor_unavailable", `${host}/${scope} is no engine with volumes that this server knows`);
  return supervisor;
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
  const beside = parseServiceId(sourceKey);
  if (beside && isEngine(`${beside.host}/${beside.scope}`)) return { ...beside, name };
  const first = snapshot()
    .sources()
    .find(({ source }) => isVolumeSource(source))?.source;
  if (!first) throw new AppError("conflict", "There is no engine here that a volume could be made at");
  return { host: first.host, scope: first.scope, name };
}

export const volumeId = ({ host, scope, name }: VolumeAddress) => serviceId(host, scope, name);

function isEngine(scope: string): boolean {
  const supervisor = supervisorOf(scope);
  return supervisor !== null && isVolumeSource(supervisor);
}
