/**
 * The trail of everything that changed something: rows are only ever added, and each carries the hash of the one before
 * it, so that a row altered or removed later shows. An action writes two rows: what was asked for, then how it ended.
 */
import { createHash } from "node:crypto";
import { db } from "#lib/db/client.ts";
import type { Prisma, PrismaClient, AuditEntry as Row } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { type AuditEntry, type AuditFilter, auditEntrySchema } from "./query.ts";

export interface AuditFact {
  actor: string;
  address: string;
  /** `service.restart`, `service.mark` */
  action: string;
  /** the id of what it was done to */
  subject: string;
  /** what was asked for; never a secret */
  intent: Record<string, unknown>;
  outcome: "intended" | "done" | "refused" | "failed";
  detail: string | null;
  /** the number of the intent that this row closes */
  closes: number | null;
}

const BEGINNING = "0".repeat(64);

/** Adds a row and returns its number. Throws when it cannot be written: then the act itself must not happen. */
export async function record(fact: AuditFact, client: PrismaClient = db()): Promise<number> {
  return client.$transaction(async (tx) => {
    const last = await tx.auditEntry.findFirst({ orderBy: { seq: "desc" }, select: { hash: true } });
    const row = { ...fact, intent: JSON.stringify(fact.intent), at: new Date(), previous: last?.hash ?? BEGINNING };
    const { seq } = await tx.auditEntry.create({ data: { ...row, hash: hashOf(row) } });
    return seq;
  });
}

export interface Verdict {
  rows: number;
  /** the number of the first row that does not fit the one before it; null: all do */
  broken: number | null;
  /** the hash of the last row that fits: kept elsewhere, it also shows rows that were cut off the end */
  head: string;
}

/** Reads the whole chain. */
export async function verify(client: PrismaClient = db()): Promise<Verdict> {
  let previous = BEGINNING;
  let rows = 0;
  for (let after = 0; ; ) {
    const page = await client.auditEntry.findMany({
      where: { seq: { gt: after } },
      orderBy: { seq: "asc" },
      take: 500,
    });
    if (page.length === 0) return { rows, broken: null, head: previous };
    for (const row of page) {
      if (row.previous !== previous || row.hash !== hashOf(row)) return { rows, broken: row.seq, head: previous };
      previous = row.hash;
      after = row.seq;
      rows += 1;
    }
  }
}

/** Rows that fit, newest first: at most `limit` of those before `before`. */
export async function readTrail(
  filter: AuditFilter,
  { limit, before }: { limit: number; before: number | null },
  client: PrismaClient = db(),
): Promise<AuditEntry[]> {
  const where = whereOf(filter);
  const rows = await client.auditEntry.findMany({
    where: before === null ? where : { AND: [where, { seq: { lt: before } }] },
    orderBy: { seq: "desc" },
    take: limit,
  });
  return rows.map(entryOf);
}

function whereOf({ actor, action, subject, outcome, since, until, q }: AuditFilter): Prisma.AuditEntryWhereInput {
  const text = (field: string) => ({ [field]: { contains: q } });
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action: action.endsWith(".") ? { startsWith: action } : action }),
    ...(subject === undefined ? {} : { subject }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(since || until ? { at: { ...(since ? { gte: since } : {}), ...(until ? { lte: until } : {}) } } : {}),
    ...(q ? { OR: ["actor", "subject", "action", "address", "intent", "detail"].map(text) } : {}),
  };
}

function entryOf({ previous: _, hash: __, ...row }: Row): AuditEntry {
  return auditEntrySchema.parse({ ...row, at: timestamp(row.at), intent: JSON.parse(row.intent) });
}

type Hashed = Omit<AuditFact, "intent" | "outcome"> & { intent: string; outcome: string; at: Date; previous: string };

function hashOf(row: Hashed): string {
  const fields = [
    row.previous,
    row.at.toISOString(),
    row.actor,
    row.address,
    row.action,
    row.subject,
    row.intent,
    row.outcome,
    row.detail,
    row.closes,
  ];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}
