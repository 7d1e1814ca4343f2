/** What closes an archive, and what opens it again. */
import { unseal } from "#lib/auth/seal.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Lock, Unlock } from "../archive/archive.ts";
import { encryptionIn, purposeOf, requireEncryption } from "./encryptions.ts";
import { type EncryptionRow, findEncryptionRow, listEncryptionRows } from "./store.ts";

/** Throws AppError `not_found`; `conflict` where the server's own secret has changed. */
export async function lockFor(encryption: string): Promise<Lock> {
  const row = await requireEncryption(encryption);
  if (row.kind === "recipient") return { kind: "recipient", recipient: row.recipient! };
  return { kind: "passphrase", passphrase: unseal(row.secret!, purposeOf(row.id)) };
}

/**
 * For a backup that is encrypted. Its `extra` names what it was closed with; where it does not (one taken in from
 * elsewhere), the only one that this server can open things with is tried. Throws AppError `conflict` where that is with
 * its owner alone.
 */
export async function unlockFor(backup: { extra: string | null }): Promise<Unlock> {
  const named = encryptionIn(backup.extra);
  const row = named === null ? await onlyReadable() : await findEncryptionRow(named);
  if (!row) throw new AppError("conflict", "This server does not keep the key that opens this backup");
  if (row.secret === null)
    throw new AppError(
      "conflict",
      `Only the owner of ${row.name} can open this backup: this server has its public key alone. Restore it by hand with age -d`,
    );
  const secret = unseal(row.secret, purposeOf(row.id));
  return row.kind === "passphrase"
    ? { kind: "passphrase", passphrase: secret }
    : { kind: "identity", identity: secret };
}

/** True where `unlockFor` would give something. */
export async function canUnlock(backup: { extra: string | null }): Promise<boolean> {
  const named = encryptionIn(backup.extra);
  const row = named === null ? await onlyReadable() : await findEncryptionRow(named);
  return row?.secret != null;
}

async function onlyReadable(): Promise<EncryptionRow | null> {
  const readable = (await listEncryptionRows()).filter(({ secret }) => secret !== null);
  return readable.length === 1 ? readable[0]! : null;
}
