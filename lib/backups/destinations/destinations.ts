/** Where copies go: made, changed, looked at, forgotten. Secrets go in and never come out. */
import { randomBytes, randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { z } from "zod";
import { timestamp } from "#lib/platform/clock.ts";
import { env } from "#lib/platform/env.ts";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { type Destination, type NewDestination, newDestinationSchema } from "../shapes.ts";
import { type DestinationSecrets, openDestination, sealSecrets } from "./open.ts";
import { isUsableKey } from "./sftp-session.ts";
import {
  type CopiedBackup,
  countPlansTo,
  type DestinationRow,
  deleteDestinationRow,
  findDestinationRow,
  forgetCopy,
  listCopied,
  listDestinationRows,
  noteReach,
  saveDestination,
} from "./store.ts";

const PROBE = "trihelm-probe";
/** who these name is told the secrets: a change of one takes them anew */
const ADDRESS = ["endpoint", "host", "port", "hostKey"];

/** The local folder first, then the others in the order of their making. */
export async function listDestinations(): Promise<Destination[]> {
  const copied = await listCopied();
  return [await local(copied), ...(await listDestinationRows()).map((row) => shown(row, copied))];
}

/** Throws AppError `not_found`. */
export async function requireDestination(id: string): Promise<DestinationRow> {
  const row = await findDestinationRow(id);
  if (!row) throw new AppError("not_found", `There is no destination ${id}. GET /api/v1/destinations lists them`);
  return row;
}

/** Throws AppError `validation` for a key that cannot be used, `conflict` where the name is taken. */
export async function createDestination({ kind, name, config, secrets }: NewDestination): Promise<Destination> {
  const id = randomUUID();
  const row: DestinationRow = {
    ...{ id, kind, name, config, secrets: sealSecrets(id, usable(secrets)) },
    ...{ createdAt: new Date(), checkedAt: null, problem: null, failingAt: null },
  };
  await save(row);
  return shown(row, []);
}

/** Throws as `createDestination`; also `validation` where another address would be told the secrets kept for this one. */
export async function changeDestination(
  row: DestinationRow,
  change: {
    name?: string | undefined;
    config?: Record<string, unknown> | undefined;
    secrets?: Record<string, unknown> | undefined;
  },
): Promise<Destination> {
  const shape = shapeOf(row.kind);
  const config = checked<Record<string, unknown>>(
    "config",
    shape.config.safeParse({ ...row.config, ...change.config }),
  );
  const given =
    change.secrets && usable(checked<DestinationSecrets>("secrets", shape.secrets.safeParse(change.secrets)));
  if (!given && ADDRESS.some((name) => config[name] !== row.config[name]))
    throw invalid("secrets", "are needed anew with another address: those kept are for the one before");
  const secrets = given ? sealSecrets(row.id, given) : row.secrets;
  const changed = { ...row, name: change.name ?? row.name, config, secrets };
  await save(changed);
  return shown(changed, await listCopied());
}

/** What lies there stays, and is not known any more. Throws AppError `conflict` while plans use it or a backup is nowhere else. */
export async function deleteDestination(row: DestinationRow): Promise<void> {
  const plans = await countPlansTo(row.id);
  if (plans > 0)
    throw new AppError(
      "conflict",
      `${plans === 1 ? "A plan copies" : `${plans} plans copy`} to ${row.name}. Change that first`,
    );
  const there = (await listCopied()).filter(({ copies }) => copies.some(({ destination }) => destination === row.id));
  const only = there.filter(({ place, copies }) => place === null && copies.length === 1).length;
  if (only > 0)
    throw new AppError(
      "conflict",
      `${only === 1 ? "A backup is" : `${only} backups are`} at ${row.name} alone. Remove them first`,
    );
  for (const { id } of there) await forgetCopy(id, row.id);
  await deleteDestinationRow(row.id);
}

/** Writes, reads and removes a small file there; the destination as it is then known. What is wrong is told in it. */
export async function checkDestination(row: DestinationRow, signal: AbortSignal): Promise<Destination> {
  let problem: string | null = null;
  try {
    await probe(row, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    problem = messageOf(error);
  }
  await noteReach(row.id, problem);
  return shown(await requireDestination(row.id), await listCopied());
}

async function probe(row: DestinationRow, signal: AbortSignal): Promise<void> {
  const remote = openDestination(row);
  const key = `${PROBE}-${randomBytes(6).toString("hex")}`;
  const text = randomBytes(2048);
  try {
    await remote.put(key, Readable.from([text]), { size: text.length, signal });
    const back = await buffer(await remote.get(key, { signal }));
    if (!back.equals(text))
      throw new AppError("action_failed", `${remote.name}: what was written there came back changed`);
    const part = await buffer(await remote.get(key, { signal, range: { start: 10, end: 19 } }));
    if (!part.equals(text.subarray(10, 20)))
      throw new AppError(
        "action_failed",
        `${remote.name}: it does not give parts of a file, which looking into a backup needs`,
      );
    await remote.remove(key, signal);
  } finally {
    remote.close();
  }
}

const shapeOf = (kind: "s3" | "sftp") =>
  newDestinationSchema.options.find(({ shape }) => shape.kind.value === kind)!.shape;

/** Throws AppError `validation` for what such a place does not have. */
function checked<T>(part: string, parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid([part, ...(issue?.path ?? [])].join("."), issue?.message ?? "is not valid");
}

async function save(row: DestinationRow): Promise<void> {
  if (row.name === "local" || !(await saveDestination(row)))
    throw new AppError("conflict", `There is a destination named ${row.name}`);
}

function usable(secrets: DestinationSecrets): DestinationSecrets {
  if ("accessKeyId" in secrets) return secrets;
  if (secrets.password === undefined && secrets.privateKey === undefined)
    throw invalid("secrets", "a password or a private key is needed");
  if (secrets.privateKey !== undefined && !isUsableKey(secrets.privateKey))
    throw invalid("secrets.privateKey", "is no private key without a passphrase, as ssh-keygen makes it");
  return secrets;
}

async function local(copied: readonly CopiedBackup[]): Promise<Destination> {
  const here = copied.filter(({ place }) => place !== null);
  const { bavail, bsize } = await fs.statfs(env().dataDir);
  return {
    ...{ id: "local", kind: "local", name: "local", config: { folder: `${env().dataDir}/backups` } },
    ...{ checkedAt: null, problem: null, failingSince: null },
    ...{ backups: here.length, size: here.reduce((sum, { size }) => sum + size, 0), free: bavail * bsize },
  };
}

function shown(row: DestinationRow, copied: readonly CopiedBackup[]): Destination {
  const there = copied.filter(({ copies }) => copies.some(({ destination }) => destination === row.id));
  const { id, kind, name, config, checkedAt, problem, failingAt } = row;
  return {
    ...{ id, kind, name, config, problem },
    checkedAt: checkedAt && timestamp(checkedAt),
    failingSince: failingAt && timestamp(failingAt),
    backups: there.length,
    size: there.reduce((sum, { size }) => sum + size, 0),
    free: null,
  };
}

function invalid(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}
