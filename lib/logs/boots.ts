/** Boots of the machine as its journal knows them, and a log bounded to one of them. */

import { AppError } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type BootRecord, isJournalSource, type JournalSource } from "#lib/supervisors/supervisor.ts";
import { isEarlier } from "./merge.ts";
import type { Selection } from "./query.ts";
import type { Boot } from "./source-shapes.ts";

/** milliseconds that a list is good for: reading it walks through the whole journal */
const FRESH = 30_000;

/** The machine's journal; null: nobody reads one. */
export function journal(): JournalSource | null {
  for (const { source } of snapshot().sources()) if (isJournalSource(source)) return source;
  return null;
}

/** Newest first; empty where there is no journal. */
export async function listBoots(signal: AbortSignal): Promise<Boot[]> {
  const source = journal();
  if (!source) return [];
  const kept = singleton("log-boots", () => ({ at: Number.NEGATIVE_INFINITY, boots: [] as BootRecord[] }));
  if (performance.now() - kept.at > FRESH) {
    kept.boots = await source.boots(signal);
    kept.at = performance.now();
  }
  return kept.boots;
}

/** `0`, `-1`, or an id. Throws `validation` for what is no boot that the journal knows. */
export async function withinBoot(selection: Selection, boot: string, signal: AbortSignal): Promise<Selection> {
  const found = (await listBoots(signal)).find(({ id, index }) => id === boot || String(index) === boot);
  if (!found) {
    const message = "is no boot that the journal knows: GET /api/v1/log-sources/boots lists them";
    throw new AppError("validation", `boot: ${message}`, { problems: [{ path: "boot", message }] });
  }
  const { since, until } = selection;
  // the boot that is under way has no end yet
  const end = found.index === 0 ? null : found.to;
  return {
    ...selection,
    since: since !== null && isEarlier(found.from, since) ? since : found.from,
    until: until !== null && (end === null || isEarlier(until, end)) ? until : end,
  };
}
