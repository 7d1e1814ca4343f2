/** Checks, how they stand, and what came of their runs. */
import { z } from "zod";
import { db } from "#lib/db/client.ts";
import type { Check as Row } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { CHECK_KINDS, CHECK_STATES, type CheckKind, type CheckResult, checkResultSchema } from "./shapes.ts";
import type { Standing } from "./standing.ts";
import type { Hour } from "./uptime.ts";

/** A check as it was made, apart from how it stands. */
export interface CheckPlan {
  id: string;
  name: string;
  kind: CheckKind;
  service: string | null;
  /** as its kind's schema has it; values of headers are sealed */
  config: Record<string, unknown>;
  every: number;
  timeout: number;
  tolerates: number;
  enabled: boolean;
  /** of a heartbeat: its token, sealed, and the hash it is found by */
  secret: string | null;
  hash: string | null;
  by: string;
  createdAt: Date;
}

export interface KeptCheck {
  plan: CheckPlan;
  standing: Standing;
  hours: Hour[];
}

export interface KeptResult {
  check: string;
  /** milliseconds since the epoch */
  at: number;
  state: CheckResult["state"];
  latency: number | null;
  message: string | null;
}

/** rows of one statement */
const AT_ONCE = 1000;
const hoursSchema = z.array(z.tuple([z.number(), z.number(), z.number()]));

export async function readChecks(): Promise<KeptCheck[]> {
  return (await db().check.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] })).map(keptOf);
}

export async function insertCheck(kept: KeptCheck): Promise<void> {
  await db().check.create({ data: { ...planColumns(kept.plan), id: kept.plan.id, ...standingColumns(kept) } });
}

export async function updateCheck(kept: KeptCheck): Promise<void> {
  const data = { ...planColumns(kept.plan), ...standingColumns(kept) };
  await db().check.updateMany({ where: { id: kept.plan.id }, data });
}

/** With all that came of it. */
export async function deleteCheck(id: string): Promise<void> {
  await db().$transaction([
    db().checkResult.deleteMany({ where: { check: id } }),
    db().check.deleteMany({ where: { id } }),
  ]);
}

/**
 * How checks stand now, and what came of runs, together. A statement for many, and not one that the library puts together
 * value by value: after a start thousands come at once.
 */
export async function writeStandings(changed: readonly KeptCheck[], results: readonly KeptResult[]): Promise<void> {
  const standings = inParts(changed, ({ plan, standing, hours }) => {
    const { state, since, checkedAt, latency, message, failures } = standing;
    return [plan.id, state, written(since), written(checkedAt), latency, message, failures, JSON.stringify(hours)];
  });
  const found = inParts(results, ({ check, at, state, latency, message }) => {
    return [check, written(at), state, latency, message];
  });
  const writes = [
    ...standings.map(
      (rows) => db().$executeRaw`
        UPDATE "Check" SET "state" = "row"."value" ->> 1, "since" = "row"."value" ->> 2, "checkedAt" = "row"."value" ->> 3,
          "latency" = "row"."value" ->> 4, "message" = "row"."value" ->> 5, "failures" = "row"."value" ->> 6,
          "hours" = "row"."value" ->> 7
        FROM json_each(${rows}) AS "row" WHERE "Check"."id" = "row"."value" ->> 0`,
    ),
    ...found.map(
      (rows) => db().$executeRaw`
        INSERT INTO "CheckResult" ("check", "at", "state", "latency", "message")
        SELECT "value" ->> 0, "value" ->> 1, "value" ->> 2, "value" ->> 3, "value" ->> 4 FROM json_each(${rows})`,
    ),
  ];
  if (writes.length > 0) await db().$transaction(writes);
}

/** Newest first. */
export async function readResults(check: string, limit: number): Promise<CheckResult[]> {
  const rows = await db().checkResult.findMany({
    where: { check },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map(({ at, state, latency, message }) =>
    checkResultSchema.parse({ at: timestamp(at), state, latency, message }),
  );
}

/** Lets go of all but the newest of one check. */
export async function keepNewestResults(check: string, count: number): Promise<void> {
  const [oldest] = await db().checkResult.findMany({
    where: { check },
    orderBy: { id: "desc" },
    skip: count - 1,
    take: 1,
    select: { id: true },
  });
  if (oldest) await db().checkResult.deleteMany({ where: { check, id: { lt: oldest.id } } });
}

export async function deleteResultsBefore(time: Date): Promise<void> {
  await db().checkResult.deleteMany({ where: { at: { lt: time } } });
}

function planColumns({ id: _, config, ...plan }: CheckPlan) {
  return { ...plan, config: JSON.stringify(config) };
}

function standingColumns({ standing, hours }: KeptCheck) {
  const { state, since, checkedAt, latency, message, failures } = standing;
  const time = (at: number | null) => (at === null ? null : new Date(at));
  const plain = { state, latency, message, failures, hours: JSON.stringify(hours) };
  return { ...plain, since: time(since), checkedAt: time(checkedAt) };
}

/** As JSON, so many rows in a part. */
function inParts<T>(items: readonly T[], row: (item: T) => unknown[]): string[] {
  const parts: string[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) parts.push(JSON.stringify(items.slice(at, at + AT_ONCE).map(row)));
  return parts;
}

/** A time as the library writes it. */
function written(at: number | null): string | null {
  return at === null ? null : timestamp(at).replace("Z", "+00:00");
}

function keptOf(row: Row): KeptCheck {
  const { state, since, checkedAt, latency, message, failures, hours, config, kind, ...plan } = row;
  return {
    plan: {
      ...plan,
      kind: z.enum(CHECK_KINDS).parse(kind),
      config: z.record(z.string(), z.unknown()).parse(JSON.parse(config)),
    },
    standing: {
      ...{ latency, message, failures, state: z.enum(CHECK_STATES).parse(state) },
      ...{ since: since?.getTime() ?? null, checkedAt: checkedAt?.getTime() ?? null },
    },
    hours: hoursSchema.parse(JSON.parse(hours)),
  };
}
