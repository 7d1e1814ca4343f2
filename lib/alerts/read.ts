/** Alerts as the API tells them, cut to the caller. */
import type { Access } from "#lib/auth/access.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { alertOf, type StoredIncident } from "./incident.ts";
import { isTheirs } from "./rules.ts";
import { running } from "./running.ts";
import type { Alert } from "./shapes.ts";
import { countParts, findIncident, listIncidents, type Place, partsOf, writeIncidents } from "./store.ts";

export interface AlertQuery {
  state: "open" | "ended" | "all";
  service?: string | undefined;
  limit: number;
  before?: string | undefined;
}

/** read at once where most are not the caller's */
const BATCH = 200;

/** Newest first; `next` goes on from the last of them. Throws AppError `validation` for a `before` that none has given. */
export async function listAlerts(query: AlertQuery, access: Access): Promise<{ items: Alert[]; next: string | null }> {
  const { limit, state, service } = query;
  const found: StoredIncident[] = [];
  let before = placeOf(query.before);
  for (let isMore = true; isMore && found.length <= limit; ) {
    const most = access.services === null ? limit + 1 : BATCH;
    const rows = await listIncidents({ state, service }, { before, most });
    found.push(...rows.filter((row) => isTheirs(access, row.service)));
    const last = rows.at(-1);
    isMore = rows.length === most;
    if (last) before = { openedAt: new Date(last.openedAt), id: last.id };
  }
  const items = await shown(found.slice(0, limit));
  const last = found[limit - 1];
  return { items, next: last && found.length > limit ? `${timestamp(last.openedAt)}~${last.id}` : null };
}

/** One, with those that are part of it as far as they are the caller's. Throws AppError `not_found`. */
export async function readAlert(id: string, access: Access): Promise<Alert & { with: Alert[] }> {
  const incident = await requireIncident(id, access);
  const parts = (await partsOf(id)).filter(({ service }) => isTheirs(access, service));
  return { ...alertOf(incident, parts.length), with: await shown(parts) };
}

/** By whoever does it first; again it changes nothing but the note. Throws AppError `not_found`. */
export async function acknowledge(
  id: string,
  { note, by, access }: { note: string | null; by: string; access: Access },
): Promise<Alert> {
  const incident = await requireIncident(id, access);
  if (!(await running().engine?.acknowledge(id, by, note))) {
    const acknowledgedAt = incident.acknowledgedAt ?? Date.now();
    const acknowledgedBy = incident.acknowledgedBy ?? by;
    await writeIncidents([{ ...incident, acknowledgedAt, acknowledgedBy, note: note ?? incident.note }]);
  }
  const [alert] = await shown([await requireIncident(id, access)]);
  return alert!;
}

async function requireIncident(id: string, access: Access): Promise<StoredIncident> {
  const incident = await findIncident(id);
  if (!incident || !isTheirs(access, incident.service))
    throw new AppError("not_found", `There is no alert ${id}. GET /api/v1/alerts lists them`);
  return incident;
}

async function shown(incidents: readonly StoredIncident[]): Promise<Alert[]> {
  const parts = await countParts(incidents.map(({ id }) => id));
  return incidents.map((incident) => alertOf(incident, parts.get(incident.id) ?? 0));
}

function placeOf(before: string | undefined): Place | null {
  if (before === undefined) return null;
  const [time = "", id = ""] = before.split("~");
  const openedAt = new Date(time);
  if (!Number.isNaN(openedAt.getTime())) return { openedAt, id };
  const message = "is the `next` of an earlier answer";
  throw new AppError("validation", `before: ${message}`, { problems: [{ path: "before", message }] });
}
