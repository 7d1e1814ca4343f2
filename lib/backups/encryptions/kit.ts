/** What is printed and put into a drawer: how to open archives on a machine that has never heard of this server. */
import { unseal } from "#lib/auth/seal.ts";
import { purposeOf } from "./encryptions.ts";
import type { EncryptionRow } from "./store.ts";

/** Plain text, 76 signs wide. Holds the secret where this server keeps it; throws as `unseal` does. */
export async function recoveryKit(row: EncryptionRow): Promise<string> {
  const secret = row.secret === null ? null : unseal(row.secret, purposeOf(row.id));
  return [
    "TRIHELM RECOVERY KIT",
    "",
    `Opens backups encrypted with:  ${row.name}`,
    `Made:                          ${row.createdAt.toISOString()}`,
    ...(row.recipient === null ? [] : ["Public key (closes, does not open):", `  ${row.recipient}`]),
    "",
    ...(row.kind === "passphrase" ? passphrase(secret!) : secret === null ? ownerOnly() : identity(secret)),
    "",
    "What a backup is",
    "",
    "  {time}.tar.zst.age   a tar, compressed by zstd, encrypted by age",
    "  {time}.json          its manifest: every path with size and SHA-256",
    "",
    "  They lie below backups/ in the server's data folder, and under the same",
    "  names at every destination that a plan names.",
    "",
    "To check an archive without opening it",
    "",
    "  sha256sum {time}.tar.zst.age     must be `sha256` of {time}.json",
    "",
    "The tools are age (https://age-encryption.org), zstd and GNU tar: packages",
    "of every distribution.",
    "",
  ].join("\n");
}

const UNPACK = "    zstd -d | tar -x --numeric-owner -p -f -";

function identity(secret: string): string[] {
  return [
    "Private key: whoever has it can read the backups. Keep this page as such.",
    "",
    `  ${secret}`,
    "",
    "To restore: type that line into a file key.txt, then, as root, in an empty",
    "folder:",
    "",
    "  age -d -i key.txt {time}.tar.zst.age |",
    UNPACK,
  ];
}

function passphrase(secret: string): string[] {
  return [
    "Passphrase: whoever has it can read the backups. Keep this page as such.",
    "",
    ...secret.split(/\r?\n/).map((line) => `  ${line}`),
    "",
    "To restore: as root, in an empty folder; age asks for the passphrase:",
    "",
    "  age -d {time}.tar.zst.age |",
    UNPACK,
  ];
}

function ownerOnly(): string[] {
  return [
    "The private key is with its owner: the server has never had it. Without it",
    "nobody can read these backups.",
    "",
    "To restore: with the file that age-keygen made, as root, in an empty",
    "folder:",
    "",
    "  age -d -i key.txt {time}.tar.zst.age |",
    UNPACK,
  ];
}
