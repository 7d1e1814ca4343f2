/** Supervisors that have volumes, and whose volume an id names. */
import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import { isVolumeSource, type VolumeSource } from "#lib/supervisors/volumes.ts";

export type VolumeEngine = Supervisor & VolumeSource;

export interface VolumeAddress {
  engine: VolumeEngine;
  host: string;
  scope: string;
  name: string;
}

/** Every one that this server watches, whether or not it answers now. */
export function volumeEngines(): VolumeEngine[] {
  return snapshot()
    .sources()
    .map(({ source }) => source)
    .filter(isVolumeSource);
}

/** What a volume's id says. Whether there is such a volume is not asked. Throws AppError `validation` and `not_found`. */
export function volumeAddress(id: string): VolumeAddress {
  const parts = parseServiceId(id);
  if (!parts) throw new AppError("validation", "A volume's id has three parts, as in local/docker/wa-db");
  return { ...parts, engine: engineOf(parts.host, parts.scope) };
}

/** Throws AppError `not_found` where there is none, or one without volumes. */
export function engineOf(host: string, scope: string): VolumeEngine {
  const engine = volumeEngines().find((one) => one.host === host && one.scope === scope);
  if (!engine) throw new AppError("not_found", `There is no engine with volumes at ${host}/${scope}`);
  return engine;
}
