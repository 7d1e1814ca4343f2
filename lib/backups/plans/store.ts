/** Every query about plans: what they are, when they are due, and how their runs ended. */
import { z } from "zod";
import { db } from "#lib/db/client.ts";
import type { Prisma, Schedule as Row } from "#lib/db/generated/client.ts";
import { CONSISTENCIES, keepSchema, type NewSchedule, sourceSchema } from "../shapes.ts";
import type { Candidate, RetentionPlan } from "./retention.ts";

export interface PlanRow extends NewSchedule {
  id: string;
  sourceKey: string;
  createdAt: Date;
  lastRunAt: Date | null;
  /** null while a run that was begun at `lastRunAt` has no job yet */
  lastJob: string | null;
  lastDrillAt: Date | null;
  /** null: never, or it is off */
  dueAt: Date | null;
  drillDueAt: Date | null;
}

export type PlanChange = Partial<Omit<PlanRow, "id" | "source" | "sourceKey" | "createdAt">>;

const json = { keep: keepSchema, source: sourceSchema, strings: z.array(z.string()) };

export async function listPlans(where: { sourceKey?: string; enabled?: boolean } = {}): Promise<PlanRow[]> {
  return (await db().schedule.findMany({ where, orderBy: { createdAt: "asc" } })).map(planOf);
}

export async function findPlan(id: string): Promise<PlanRow | null> {
  const row = await db().schedule.findUnique({ where: { id } });
  return row && planOf(row);
}

export async function insertPlan(plan: PlanRow): Promise<void> {
  await db().schedule.create({ data: { ...plan, ...columnsOf(plan), source: JSON.stringify(plan.source) } as Row });
}

export async function updatePlan(id: string, change: PlanChange): Promise<void> {
  await db().schedule.update({ where: { id }, data: columnsOf(change) });
}

export async function deletePlan(id: string): Promise<void> {
  await db().schedule.delete({ where: { id } });
}

/**
 * Takes one due time for oneself: from here on that run counts as begun and the next is another. False where somebody
 * has changed the plan meanwhile.
 */
export async function claimRun(plan: PlanRow, { at, next }: { at: Date; next: Date | null }): Promise<boolean> {
  const { count } = await db().schedule.updateMany({
    where: { id: plan.id, enabled: true, dueAt: plan.dueAt },
    data: { dueAt: next, lastRunAt: at, lastJob: null },
  });
  return count === 1;
}

/** As `claimRun`, for a drill. */
export async function claimDrill(plan: PlanRow, { at, next }: { at: Date; next: Date | null }): Promise<boolean> {
  const { count } = await db().schedule.updateMany({
    where: { id: plan.id, enabled: true, drillDueAt: plan.drillDueAt },
    data: { drillDueAt: next, lastDrillAt: at },
  });
  return count === 1;
}

export interface PlannedJob {
  id: string;
  state: string;
  interrupted: boolean;
  createdAt: Date;
  finishedAt: Date | null;
}

/** Backups of this source that plans have begun, the newest first. */
export async function plannedJobs(sourceKey: string, actor: string, most = 50): Promise<PlannedJob[]> {
  const rows = await db().job.findMany({
    where: { kind: "backup", subject: sourceKey, actor },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: most,
    select: { id: true, state: true, error: true, createdAt: true, finishedAt: true },
  });
  return rows.map(({ error, ...row }) => ({ ...row, interrupted: error?.includes('"interrupted"') ?? false }));
}

/** All backups of a source, as retention judges them. */
export async function retentionRows(sourceKey: string): Promise<Candidate[]> {
  const rows = await db().backup.findMany({ where: { sourceKey } });
  return rows.map(({ id, createdAt, verifiedAt, damage, kept, safetyFor, safetyUntil, schedule, extra }) => ({
    ...{ id, createdAt, verifiedAt, damage, kept, schedule },
    partial: isLess(extra),
    safety: safetyFor === null ? null : { until: safetyUntil },
  }));
}

const lesser = z.object({ partial: z.boolean(), context: z.object({ imported: z.boolean() }).partial() }).partial();

/** Not all of the source, or not made of it. */
function isLess(extra: string | null): boolean {
  const { partial = false, context } = lesser.parse(JSON.parse(extra ?? "{}"));
  return partial || context?.imported === true;
}

/** The numbers of the plans of a source, those that are off too: what they made is still theirs. */
export async function retentionPlans(sourceKey: string): Promise<RetentionPlan[]> {
  return (await listPlans({ sourceKey })).map(({ id, keep, timezone }) => ({ id, keep, timezone }));
}

/** Sources with a safety copy whose time is over. */
export async function sourcesToPrune(now: Date): Promise<string[]> {
  const rows = await db().backup.findMany({
    where: { safetyUntil: { lte: now }, kept: false },
    distinct: ["sourceKey"],
    select: { sourceKey: true },
  });
  return rows.map(({ sourceKey }) => sourceKey);
}

/** What is there of these ids. */
export async function missingOf(wanted: { destinations: readonly string[]; encryption: string | null }) {
  const { destinations, encryption } = wanted;
  const found = await db().destination.findMany({ where: { id: { in: [...destinations] } }, select: { id: true } });
  const ids = new Set(found.map(({ id }) => id));
  return {
    destinations: destinations.filter((id) => !ids.has(id)),
    encryption: encryption !== null && (await db().encryption.count({ where: { id: encryption } })) === 0,
  };
}

function columnsOf(change: PlanChange): Prisma.ScheduleUpdateInput {
  const { keep, include, exclude, destinations, ...rest } = change;
  return {
    ...rest,
    ...(keep && { keep: JSON.stringify(keep) }),
    ...(include && { include: JSON.stringify(include) }),
    ...(exclude && { exclude: JSON.stringify(exclude) }),
    ...(destinations && { destinations: JSON.stringify(destinations) }),
  };
}

function planOf(row: Row): PlanRow {
  const strings = (text: string) => json.strings.parse(JSON.parse(text));
  return {
    ...row,
    source: json.source.parse(JSON.parse(row.source)),
    keep: json.keep.parse(JSON.parse(row.keep)),
    consistency: z.enum(CONSISTENCIES).parse(row.consistency),
    include: strings(row.include),
    exclude: strings(row.exclude),
    destinations: strings(row.destinations),
    engine: row.engine === "restic" ? "restic" : "archive",
  };
}
