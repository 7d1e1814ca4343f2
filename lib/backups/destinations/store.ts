/** Every query about destinations and the copies there. Secrets are sealed before they come here. */
import { z } from "zod";
import { db } from "#lib/db/client.ts";
import type { Destination as Row } from "#lib/db/generated/client.ts";

export interface DestinationRow {
  id: string;
  name: string;
  kind: "s3" | "sftp";
  config: Record<string, unknown>;
  /** sealed */
  secrets: string;
  createdAt: Date;
  checkedAt: Date | null;
  problem: string | null;
  failingAt: Date | null;
}

export interface Copy {
  destination: string;
  /** of the archive there; its manifest stands beside it */
  key: string;
  /** as people are told where it is */
  name: string;
  /** RFC 3339 */
  at: string;
}

/** A backup as work on its copies needs it. */
export interface CopiedBackup {
  id: string;
  sourceKey: string;
  place: string | null;
  encrypted: boolean;
  size: number;
  sha256: string;
  copies: Copy[];
  /** destinations that it was to go to and has not */
  owed: string[];
}

const record = z.record(z.string(), z.unknown());
const copiesSchema = z.array(z.object({ destination: z.string(), key: z.string(), name: z.string(), at: z.string() }));
const strings = z.array(z.string());

export async function listDestinationRows(): Promise<DestinationRow[]> {
  return (await db().destination.findMany({ orderBy: { createdAt: "asc" } })).map(rowOf);
}

export async function findDestinationRow(id: string): Promise<DestinationRow | null> {
  const row = await db().destination.findUnique({ where: { id } });
  return row && rowOf(row);
}

/** False where another has this name. */
export async function saveDestination(row: DestinationRow): Promise<boolean> {
  const taken = await db().destination.findFirst({
    where: { name: row.name, id: { not: row.id } },
    select: { id: true },
  });
  if (taken) return false;
  const data = { ...row, config: JSON.stringify(row.config) };
  await db().destination.upsert({ where: { id: row.id }, create: data, update: data });
  return true;
}

export async function deleteDestinationRow(id: string): Promise<void> {
  await db().destination.delete({ where: { id } });
}

/** Whether it could be reached just now; `problem` null: it could. */
export async function noteReach(id: string, problem: string | null): Promise<void> {
  const now = new Date();
  const row = await db().destination.findUnique({ where: { id }, select: { failingAt: true } });
  const failingAt = problem === null ? null : (row?.failingAt ?? now);
  await db().destination.updateMany({ where: { id }, data: { checkedAt: now, problem, failingAt } });
}

/** Titles of plans whose runs go there. */
export async function countPlansTo(destination: string): Promise<number> {
  const rows = await db().schedule.findMany({ select: { destinations: true } });
  return rows.filter((row) => strings.parse(JSON.parse(row.destinations)).includes(destination)).length;
}

export async function findCopied(id: string): Promise<CopiedBackup | null> {
  const row = await db().backup.findUnique({ where: { id } });
  return row && copiedOf(row);
}

/** Every backup with its copies; with a source, those of it, newest first. */
export async function listCopied(sourceKey?: string): Promise<CopiedBackup[]> {
  const where = sourceKey === undefined ? {} : { sourceKey };
  return (await db().backup.findMany({ where, orderBy: { createdAt: "desc" } })).map(copiedOf);
}

/** Writes down that copies are to be made, so that those which fail or are cut off are made up. */
export function oweCopies(backup: string, destinations: readonly string[]): Promise<void> {
  return change(backup, ({ owed, copies }) => ({ copies, owed: [...new Set([...owed, ...destinations])] }));
}

export function addCopy(backup: string, copy: Copy): Promise<void> {
  return change(backup, ({ copies, owed }) => ({
    copies: [...copies.filter(({ destination }) => destination !== copy.destination), copy],
    owed: owed.filter((id) => id !== copy.destination),
  }));
}

export function forgetCopy(backup: string, destination: string): Promise<void> {
  return change(backup, ({ copies, owed }) => ({
    copies: copies.filter((copy) => copy.destination !== destination),
    owed: owed.filter((id) => id !== destination),
  }));
}

async function change(
  id: string,
  make: (before: { copies: Copy[]; owed: string[] }) => { copies: Copy[]; owed: string[] },
): Promise<void> {
  await db().$transaction(async (tx) => {
    const row = await tx.backup.findUnique({ where: { id }, select: { copies: true, extra: true } });
    if (!row) return;
    const extra = record.parse(JSON.parse(row.extra ?? "{}"));
    const { copies, owed } = make({ copies: copiesSchema.parse(JSON.parse(row.copies)), owed: owedIn(row.extra) });
    await tx.backup.update({
      where: { id },
      data: { copies: JSON.stringify(copies), extra: JSON.stringify({ ...extra, owed }) },
    });
  });
}

interface BackupColumns extends Omit<CopiedBackup, "copies" | "owed" | "size"> {
  size: bigint;
  copies: string;
  extra: string | null;
}

function copiedOf({ id, sourceKey, place, encrypted, size, sha256, copies, extra }: BackupColumns): CopiedBackup {
  return {
    ...{ id, sourceKey, place, encrypted, sha256 },
    size: Number(size),
    copies: copiesSchema.parse(JSON.parse(copies)),
    owed: owedIn(extra),
  };
}

function owedIn(extra: string | null): string[] {
  const { owed } = record.parse(JSON.parse(extra ?? "{}"));
  return owed === undefined ? [] : strings.parse(owed);
}

function rowOf({ kind, config, ...row }: Row): DestinationRow {
  return { ...row, kind: kind === "s3" ? "s3" : "sftp", config: record.parse(JSON.parse(config)) };
}
