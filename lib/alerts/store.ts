/** Every query about rules, incidents and mutes. */
import { z } from "zod";
import { db } from "#lib/db/client.ts";
import type { Incident as IncidentRow, Mute as StoredMute, AlertRule as StoredRule } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { IncidentDetail, StoredIncident } from "./incident.ts";
import { isActive } from "./mute-times.ts";
import type { RuleRow } from "./rule-row.ts";
import { type Mute, RULE_CONFIGS, RULE_KINDS, SEVERITIES } from "./shapes.ts";

const strings = z.array(z.string());
const severity = z.enum(SEVERITIES);
const kinds = z.enum(RULE_KINDS);
const detailSchema: z.ZodType<IncidentDetail> = z.object({
  reasons: z.array(
    z.object({ rule: z.string(), about: z.string(), kind: kinds, severity, title: z.string(), why: z.string() }),
  ),
  channels: strings.nullable(),
  again: z.number(),
  said: z.object({ state: z.enum(["open", "ended"]), severity }).nullable(),
  untold: z.string().nullable(),
  muted: z.boolean(),
  cause: z.string().nullable(),
});

export async function readRules(): Promise<RuleRow[]> {
  return (await db().alertRule.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] })).map(ruleOf);
}

export async function findRule(id: string): Promise<RuleRow | null> {
  const row = await db().alertRule.findUnique({ where: { id } });
  return row && ruleOf(row);
}

export async function insertRule(rule: RuleRow): Promise<void> {
  await db().alertRule.create({ data: { ...rule, ...columnsOf(rule) } });
}

/** Those that are there from the start, unless they are there already: they may have been changed. */
export async function insertBuiltIn(rules: readonly RuleRow[]): Promise<void> {
  const known = new Set((await db().alertRule.findMany({ select: { builtIn: true } })).map(({ builtIn }) => builtIn));
  const missing = rules.filter(({ builtIn }) => !known.has(builtIn));
  if (missing.length > 0)
    await db().alertRule.createMany({ data: missing.map((rule) => ({ ...rule, ...columnsOf(rule) })) });
}

export async function updateRule(rule: RuleRow): Promise<void> {
  const { id, name, severity, lasts, enabled } = rule;
  await db().alertRule.update({ where: { id }, data: { name, severity, lasts, enabled, ...columnsOf(rule) } });
}

export async function deleteRule(id: string): Promise<void> {
  await db().alertRule.delete({ where: { id } });
}

/** What is open, and what ended since then. */
export async function readLive(endedSince: Date): Promise<StoredIncident[]> {
  const rows = await db().incident.findMany({
    where: { OR: [{ endedAt: null }, { endedAt: { gte: endedSince } }] },
    orderBy: { openedAt: "asc" },
  });
  return rows.map(incidentOf);
}

/** All in one go: what is written of them belongs together. */
export async function writeIncidents(incidents: readonly StoredIncident[]): Promise<void> {
  await db().$transaction(
    incidents.map((incident) => {
      const data = rowOf(incident);
      return db().incident.upsert({ where: { id: incident.id }, create: data, update: data });
    }),
  );
}

export interface Place {
  openedAt: Date;
  id: string;
}

/** Newest first, from behind a place on. */
export async function listIncidents(
  wanted: { state: "open" | "ended" | "all"; service?: string | undefined },
  { before, most }: { before: Place | null; most: number },
): Promise<StoredIncident[]> {
  const { state, service } = wanted;
  const rows = await db().incident.findMany({
    where: {
      ...(state === "all" ? {} : { endedAt: state === "open" ? null : { not: null } }),
      ...(service === undefined ? {} : { service }),
      ...(before && {
        OR: [{ openedAt: { lt: before.openedAt } }, { openedAt: before.openedAt, id: { lt: before.id } }],
      }),
    },
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
    take: most,
  });
  return rows.map(incidentOf);
}

/** By when they began or ended, newest first, at or before a time; of that time itself up to an id. */
export async function incidentsUntil(
  by: "openedAt" | "endedAt",
  { until, upTo, service, most }: { until: Date | null; upTo: string | null; service: string | null; most: number },
): Promise<StoredIncident[]> {
  const rows = await db().incident.findMany({
    where: {
      ...(service === null ? {} : { service }),
      ...(until === null
        ? by === "openedAt"
          ? {}
          : { endedAt: { not: null } }
        : { OR: [{ [by]: { lt: until } }, { [by]: until, ...(upTo === null ? {} : { id: { lte: upTo } }) }] }),
    },
    orderBy: [{ [by]: "desc" }, { id: "desc" }],
    take: most,
  });
  return rows.map(incidentOf);
}

export async function findIncident(id: string): Promise<StoredIncident | null> {
  const row = await db().incident.findUnique({ where: { id } });
  return row && incidentOf(row);
}

export async function partsOf(id: string): Promise<StoredIncident[]> {
  return (await db().incident.findMany({ where: { parent: id }, orderBy: { openedAt: "asc" } })).map(incidentOf);
}

/** How many each of these has. */
export async function countParts(ids: readonly string[]): Promise<Map<string, number>> {
  const groups = await db().incident.groupBy({
    by: ["parent"],
    where: { parent: { in: [...ids] } },
    _count: { _all: true },
  });
  return new Map(groups.flatMap(({ parent, _count }) => (parent === null ? [] : [[parent, _count._all] as const])));
}

/** What is open, of which rule and service. */
export async function readOpenOfRules(): Promise<{ rule: string; service: string | null }[]> {
  return db().incident.findMany({ where: { endedAt: null }, select: { rule: true, service: true } });
}

export async function deleteIncidents(before: Date): Promise<void> {
  await db().incident.deleteMany({ where: { endedAt: { lt: before } } });
}

/** Messages that a channel took although nobody wrote down that it did: the server ended in between. By incident, the newest. */
export async function readTaken(incidents: readonly string[]): Promise<Map<string, string>> {
  const rows = await db().delivery.findMany({
    where: { incident: { in: [...incidents] }, kind: { in: ["opened", "again", "recovered"] } },
    orderBy: { id: "asc" },
    select: { incident: true, kind: true },
  });
  return new Map(rows.flatMap(({ incident, kind }) => (incident === null ? [] : [[incident, kind] as const])));
}

/** Services that ended last because somebody here asked for something. */
export async function readEndedByHand(): Promise<string[]> {
  const newest = await db().serviceEvent.groupBy({
    by: ["service"],
    where: { kind: { in: ["exited", "stopped", "started", "restarted"] } },
    _max: { id: true },
  });
  const ids = newest.flatMap(({ _max: { id } }) => (id === null ? [] : [id]));
  const rows = await db().serviceEvent.findMany({
    where: { kind: "exited", by: { not: null } },
    select: { id: true, service: true },
  });
  const last = new Set(ids);
  return rows.flatMap(({ id, service }) => (last.has(id) ? [service] : []));
}

export async function readMutes(now = Date.now()): Promise<Mute[]> {
  return (await db().mute.findMany({ orderBy: { createdAt: "desc" } })).map((row) => muteOf(row, now));
}

export async function findMute(id: string): Promise<Mute | null> {
  const row = await db().mute.findUnique({ where: { id } });
  return row && muteOf(row, Date.now());
}

export async function putMute({ id, active: _, ...mute }: Mute): Promise<void> {
  const data = {
    ...mute,
    services: JSON.stringify(mute.services),
    from: new Date(mute.from),
    until: mute.until === null ? null : new Date(mute.until),
    createdAt: new Date(mute.createdAt),
  };
  await db().mute.upsert({ where: { id }, create: { id, ...data }, update: data });
}

export async function deleteMute(id: string): Promise<void> {
  await db().mute.delete({ where: { id } });
}

/** Those that have been over since then. */
export async function deleteMutes(before: Date): Promise<void> {
  await db().mute.deleteMany({ where: { until: { lt: before } } });
}

function ruleOf({ services, channels, config, kind, severity: grave, ...row }: StoredRule): RuleRow {
  const known = kinds.parse(kind);
  return {
    ...row,
    kind: known,
    config: RULE_CONFIGS[known].parse(JSON.parse(config)),
    services: strings.parse(JSON.parse(services)),
    severity: severity.parse(grave),
    channels: channels === null ? null : strings.parse(JSON.parse(channels)),
  } as RuleRow;
}

function columnsOf({ config, services, channels }: RuleRow) {
  return {
    config: JSON.stringify(config),
    services: JSON.stringify(services),
    channels: channels && JSON.stringify(channels),
  };
}

function incidentOf({ detail, kind, severity: grave, ...row }: IncidentRow): StoredIncident {
  const time = (at: Date | null) => at?.getTime() ?? null;
  return {
    ...row,
    kind: kinds.parse(kind),
    severity: severity.parse(grave),
    ...{ openedAt: row.openedAt.getTime(), lastAt: row.lastAt.getTime(), endedAt: time(row.endedAt) },
    ...{ acknowledgedAt: time(row.acknowledgedAt), toldAt: time(row.toldAt) },
    detail: detailSchema.parse(JSON.parse(detail ?? "{}")),
  };
}

function rowOf(incident: StoredIncident): IncidentRow {
  const { id, rule, kind, key, service, subject, title, why, severity, count, ending, note, parent, detail } = incident;
  const { openedAt, lastAt, endedAt, acknowledgedAt, acknowledgedBy, toldAt } = incident;
  const time = (at: number | null) => (at === null ? null : new Date(at));
  return {
    ...{ id, rule, kind, key, service, subject, title, why, severity, count, ending, note, parent },
    ...{ openedAt: new Date(openedAt), lastAt: new Date(lastAt), endedAt: time(endedAt) },
    ...{ acknowledgedAt: time(acknowledgedAt), acknowledgedBy, toldAt: time(toldAt) },
    detail: JSON.stringify(detail),
  };
}

function muteOf({ services, from, until, createdAt, kind, ...row }: StoredMute, now: number): Mute {
  const mute = {
    ...row,
    kind: kind === "maintenance" ? ("maintenance" as const) : ("mute" as const),
    services: strings.parse(JSON.parse(services)),
    ...{ from: timestamp(from), until: until && timestamp(until), createdAt: timestamp(createdAt) },
  };
  return { ...mute, active: isActive(mute, now) };
}
