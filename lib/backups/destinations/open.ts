import { z } from "zod";
import { seal, unseal } from "#lib/auth/seal.ts";
import type { NewDestination } from "../shapes.ts";
import type { Remote } from "./remote.ts";
import { openS3, type S3Config, type S3Secrets } from "./s3.ts";
import { openSftp } from "./sftp.ts";
import type { SftpConfig, SftpSecrets } from "./sftp-session.ts";
import type { DestinationRow } from "./store.ts";

export type DestinationSecrets = NewDestination["secrets"];

const secretsSchema = z.record(z.string(), z.string());

/** Nothing is connected before it is needed. Throws AppError `conflict` where its secrets cannot be opened. */
export function openDestination({
  id,
  kind,
  config,
  secrets,
}: Pick<DestinationRow, "id" | "kind" | "config" | "secrets">): Remote {
  const open: unknown = secretsSchema.parse(JSON.parse(unseal(secrets, purposeOf(id))));
  // both were checked by their schema when they were stored
  if (kind === "s3") return openS3(config as unknown as S3Config, open as S3Secrets);
  return openSftp(config as unknown as SftpConfig, open as SftpSecrets);
}

export function sealSecrets(id: string, secrets: DestinationSecrets): string {
  return seal(JSON.stringify(secrets), purposeOf(id));
}

const purposeOf = (id: string) => `destination:${id}`;
