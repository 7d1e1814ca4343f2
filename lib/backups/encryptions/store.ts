/** Every query about whom archives are encrypted to. Secrets are sealed before they come here. */
import { db } from "#lib/db/client.ts";
import type { Encryption as Row } from "#lib/db/generated/client.ts";

export interface EncryptionRow {
  id: string;
  name: string;
  kind: "recipient" | "passphrase";
  recipient: string | null;
  /** sealed; null: only its owner has it */
  secret: string | null;
  createdAt: Date;
}

export async function listEncryptionRows(): Promise<EncryptionRow[]> {
  return (await db().encryption.findMany({ orderBy: { createdAt: "asc" } })).map(rowOf);
}

export async function findEncryptionRow(id: string): Promise<EncryptionRow | null> {
  const row = await db().encryption.findUnique({ where: { id } });
  return row && rowOf(row);
}

/** False where the name is taken. */
export async function insertEncryption(row: EncryptionRow): Promise<boolean> {
  const taken = await db().encryption.findUnique({ where: { name: row.name }, select: { id: true } });
  if (taken) return false;
  await db().encryption.create({ data: row });
  return true;
}

export async function deleteEncryptionRow(id: string): Promise<void> {
  await db().encryption.delete({ where: { id } });
}

/** Plans that use it. */
export function countPlansWith(encryption: string): Promise<number> {
  return db().schedule.count({ where: { encryption } });
}

/** Encrypted backups, by what the row says of how each can be read. */
export async function encryptedBackups(): Promise<{ id: string; extra: string | null }[]> {
  return db().backup.findMany({ where: { encrypted: true }, select: { id: true, extra: true } });
}

function rowOf({ kind, ...row }: Row): EncryptionRow {
  return { ...row, kind: kind === "recipient" ? "recipient" : "passphrase" };
}
