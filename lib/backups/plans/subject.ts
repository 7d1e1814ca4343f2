/** What a plan is about, by what its source says alone: what it names may be gone. */
import { parseServiceId } from "#lib/services/id.ts";
import type { Source } from "../shapes.ts";

/** `wa-db`, `/home/alice/.clawdis` */
export function titleOf(source: Source): string {
  if ("path" in source) return source.path;
  const id = "volume" in source ? source.volume : "service" in source ? source.service : source.stack;
  return parseServiceId(id)?.name ?? id;
}
