/** Takes in an archive that was made elsewhere: judged whole, then written anew as one of our own. */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { Job } from "#lib/jobs/job.ts";
import { ended, type JobHandle, startJob } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { volumeEngines } from "#lib/volumes/engines.ts";
import { readForeign } from "./archive/foreign.ts";
import { foreignKind } from "./archive/foreign-open.ts";
import { verifyArchive } from "./archive/verify.ts";
import { intend } from "./intents.ts";
import { backupsFolder, clearPlace, newPlace, stemOf } from "./places.ts";
import { checkReserve, reserveWatch } from "./reserve.ts";
import { SCRATCH } from "./scratch.ts";
import type { Source } from "./shapes.ts";
import { sourceAddress, sourceKeyOf } from "./source-key.ts";
import { addBackup } from "./store.ts";
import { TOOL } from "./tool.ts";
import { addressFor, volumeId } from "./volume-at.ts";

export interface Import {
  title: string | null;
  /** the volume that it is a backup of: an id or a name */
  volume: string | null;
  /** bytes that are to come, where that is told */
  length: number | null;
  actor: string;
}

/** What the backup will be of: a volume by its name, whether or not there is one. Throws AppError `validation`. */
export function importSource({ title, volume }: Pick<Import, "title" | "volume">): Source {
  const name = volume ?? (title ?? "").replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  const plain = name.length < 2 ? "imported" : name;
  // an archive may come before the engine that it is for
  const address = volumeEngines().length > 0 ? addressFor(plain, "") : { host: "local", scope: "docker", name: plain };
  return { volume: volume?.includes("/") ? volumeId(sourceAddress(volume)) : volumeId(address) };
}

/**
 * Takes the whole body, then lets a job work on it. Throws AppError `validation` for what is no archive, `conflict` where the
 * disk would get too full.
 */
export async function startImport(body: ReadableStream<Uint8Array>, wanted: Import, signal: AbortSignal): Promise<Job> {
  const source = importSource(wanted);
  const key = sourceKeyOf(source);
  const folder = path.join(backupsFolder(), `${SCRATCH}${randomUUID()}`);
  const file = path.join(folder, "body");
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const remove = () => fs.rm(folder, { recursive: true, force: true });
  try {
    await checkReserve(backupsFolder(), wanted.length ?? 0);
    await receive(body, file, signal);
    await foreignKind(file);
    const title = wanted.title ?? sourceAddress(key).name;
    const job = { kind: "import" as const, subject: key, title, actor: wanted.actor, locks: [`source ${key}`] };
    const begun = await startJob(job, (handle) => adopt(handle, { file, source, key, title }));
    // one that is cancelled while it waits never comes to its work
    ended(begun.id)
      .then(remove)
      .catch((err: unknown) => logger("backups").warn({ err }, "the body of an import stays until the next start"));
    return begun;
  } catch (error) {
    await remove();
    throw error;
  }
}

async function receive(body: ReadableStream<Uint8Array>, file: string, signal: AbortSignal): Promise<void> {
  const reserve = reserveWatch(backupsFolder());
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  async function* checked(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      await reserve.check();
      yield chunk;
    }
  }
  await pipeline(source, checked, createWriteStream(file, { mode: 0o600 }), { signal });
}

interface Foreign {
  file: string;
  source: Source;
  key: string;
  title: string;
}

async function adopt(job: JobHandle, { file, source, key, title }: Foreign): Promise<Record<string, unknown>> {
  job.plan(["Read and write anew", "Verify checksums"]);
  const at = new Date();
  const place = await newPlace(key, at);
  const intent = await intend(job.id, "archive", { place });
  try {
    const id = randomUUID();
    const stem = stemOf(place);
    const words = Object.fromEntries(Object.entries(source)) as Record<string, string>;
    const described = { id, source: words, title, host: os.hostname(), createdAt: at.toISOString(), tool: TOOL };
    const head = await job.step("Read and write anew", () =>
      readForeign(file, {
        stem,
        head: { ...described, consistency: "live", context: { imported: true } },
        signal: job.signal,
        onProgress: ({ bytes }) => job.progress({ done: bytes, total: null, unit: "bytes" }),
        reserve: reserveWatch(backupsFolder()),
      }),
    );
    const verdict = await job.step("Verify checksums", () =>
      verifyArchive({ stem, encrypted: false }, null, { signal: job.signal }),
    );
    if ("damage" in verdict) throw new AppError("internal", `What was written cannot be read back: ${verdict.damage}`);
    const { size, originalSize, files, sha256 } = head;
    const row = {
      ...{ id, source, sourceKey: key, host: sourceAddress(key).host, createdAt: at },
      ...{ size, originalSize, files, sha256, consistency: "live", encrypted: false, place },
      ...{ toolName: TOOL.name, toolVersion: TOOL.version, note: "Imported", verifiedAt: new Date(), job: job.id },
      extra: { title, context: head.context },
    };
    await addBackup(row, intent.id);
    job.concludes(`${plural(files, "file")}, ${formatBytes(originalSize)}, verified`);
    return { backup: id };
  } catch (error) {
    await clearPlace(place);
    await intent.done();
    throw error;
  }
}
