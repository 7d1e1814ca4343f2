/** Whom archives are encrypted to: made, listed, removed. */
import { randomUUID } from "node:crypto";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { seal } from "#lib/auth/seal.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Encryption, NewEncryption } from "../shapes.ts";
import { isRecipient } from "./recipient.ts";
import {
  countPlansWith,
  deleteEncryptionRow,
  type EncryptionRow,
  encryptedBackups,
  findEncryptionRow,
  insertEncryption,
  listEncryptionRows,
} from "./store.ts";

/** In the order of their making, without secrets. */
export async function listEncryptions(): Promise<Encryption[]> {
  return (await listEncryptionRows()).map(shown);
}

/** Throws AppError `not_found`. */
export async function requireEncryption(id: string): Promise<EncryptionRow> {
  const row = await findEncryptionRow(id);
  if (!row) throw new AppError("not_found", `There is no encryption ${id}. GET /api/v1/encryptions lists them`);
  return row;
}

/**
 * Keeps what encrypts, and what decrypts where this server is told it or makes it. Throws AppError `validation` for a
 * recipient that is none, `conflict` where the name is taken.
 */
export async function createEncryption(wanted: NewEncryption): Promise<Encryption> {
  const id = randomUUID();
  const row: EncryptionRow = { id, name: wanted.name, ...(await keysOf(id, wanted)), createdAt: new Date() };
  if (!(await insertEncryption(row))) throw new AppError("conflict", `There is an encryption named ${wanted.name}`);
  return shown(row);
}

/** Throws AppError `conflict` while a plan uses it, or while backups can be read by nothing else that is kept here. */
export async function deleteEncryption(id: string): Promise<void> {
  const row = await requireEncryption(id);
  const plans = await countPlansWith(id);
  if (plans > 0)
    throw new AppError(
      "conflict",
      `${row.name} encrypts what ${plans === 1 ? "a plan" : `${plans} plans`} make. Change that first`,
    );
  const used = (await encryptedBackups()).filter(({ extra }) => encryptionIn(extra) === id).length;
  if (used > 0 && row.secret !== null)
    throw new AppError(
      "conflict",
      `${used === 1 ? "A backup is" : `${used} backups are`} read with ${row.name}. Remove them first`,
    );
  await deleteEncryptionRow(id);
}

/** Which encryption a backup's `extra` names; null where it names none. */
export function encryptionIn(extra: string | null): string | null {
  if (extra === null) return null;
  const parsed: unknown = JSON.parse(extra);
  if (typeof parsed !== "object" || parsed === null || !("encryption" in parsed)) return null;
  return typeof parsed.encryption === "string" ? parsed.encryption : null;
}

/** What a sealed secret of this encryption is for. */
export const purposeOf = (id: string) => `encryption:${id}`;

async function keysOf(
  id: string,
  wanted: NewEncryption,
): Promise<Pick<EncryptionRow, "kind" | "recipient" | "secret">> {
  switch (wanted.kind) {
    case "recipient":
      if (!isRecipient(wanted.recipient))
        throw new AppError(
          "validation",
          "recipient: is no age recipient: it begins with age1, as age-keygen prints it",
        );
      return { kind: "recipient", recipient: wanted.recipient.trim(), secret: null };
    case "passphrase":
      return { kind: "passphrase", recipient: null, secret: seal(wanted.passphrase, purposeOf(id)) };
    case "generated": {
      // of the kind that every age reads, older ones of distributions too
      const identity = await generateX25519Identity();
      const recipient = await identityToRecipient(identity);
      return { kind: "recipient", recipient, secret: seal(identity, purposeOf(id)) };
    }
  }
}

function shown({ secret, createdAt, ...row }: EncryptionRow): Encryption {
  return { ...row, readable: secret !== null, createdAt: timestamp(createdAt) };
}
