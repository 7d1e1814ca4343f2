/** What a plan is about, by what its source says alone: what it names may be gone. */
import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import type { Source } from "../shapes.ts";

/** The key under which equal sources are equal. Throws AppError `validation` where an id is none. */
export async function subjectOf(source: Source): Promise<{ key: string }> {
  if ("path" in source) return { key: `${source.host ?? "local"}/path/${source.path}` };
  const id = "volume" in source ? source.volume : "service" in source ? source.service : source.stack;
  const parts = parseServiceId(id);
  if (!parts) throw new AppError("validation", `source: ${id} has three parts, as in local/docker/wa-db`);
  return { key: serviceId(parts.host, parts.scope, parts.name) };
}

/** `wa-db`, `/home/alice/.clawdis` */
export function titleOf(source: Source): string {
  if ("path" in source) return source.path;
  const id = "volume" in source ? source.volume : "service" in source ? source.service : source.stack;
  return parseServiceId(id)?.name ?? id;
}
