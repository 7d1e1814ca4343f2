/** Exchanges a folder's content by two renames: unpacked and compared beside it, with the old one kept until all is well. */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { plural } from "#lib/format/plural.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { logger } from "#lib/platform/logger.ts";
import { compareWith } from "./archive/compare.ts";
import { unpackTo } from "./archive/unpack.ts";
import { type Intent, type IntentBodies, intend } from "./intents.ts";
import { ownFolderRefusal } from "./own-data.ts";
import type { NewContent, Replacement } from "./replacement.ts";
import { checkReserve } from "./reserve.ts";

/** Why a folder cannot be exchanged, as a sentence; null: it can. */
export async function swapRefusal(data: string): Promise<string | null> {
  try {
    const [own, above] = [await fs.lstat(data), await fs.stat(path.dirname(data))];
    if (!own.isDirectory()) return `${data} is no folder`;
    if ((await fs.realpath(data)) !== data) return `${data} is reached through a link: restore to where it leads`;
    const ours = await ownFolderRefusal(data);
    if (ours !== null) return ours;
    if (own.dev !== above.dev) return `${data} is a file system of its own, which cannot be exchanged by renaming it`;
    if (await hasMountsBelow(data))
      return `Something else is mounted below ${data}: it cannot be exchanged by renaming it`;
    await fs.access(path.dirname(data), constants.W_OK);
    return null;
  } catch (error) {
    return `${data} cannot be exchanged: ${messageOf(error)}`;
  }
}

/** `data` is a folder that `swapRefusal` has nothing against. */
export async function swapOf(job: JobHandle, data: string, content: NewContent): Promise<Replacement> {
  const { place, unlock, row } = content;
  const beside = (word: string) => path.join(path.dirname(data), `.${path.basename(data)}.trihelm-${job.id}-${word}`);
  const body = { data, fresh: beside("new"), old: beside("old"), decided: false };
  let intent: Intent<"swap"> | null = null;
  const tell = (left: readonly string[]) => {
    for (const folder of left) job.say(`${folder} cannot be removed: it is in nobody's way and can go by hand`);
  };
  return {
    async prepare() {
      await checkReserve(path.dirname(data), Number(row.originalSize));
      intent = await intend(job.id, "swap", body);
      await job.step("Unpack", async (say) => {
        await emptyLike(data, body.fresh);
        const total = Number(row.originalSize);
        const onProgress = ({ bytes }: { bytes: number }) => job.progress({ done: bytes, total, unit: "bytes" });
        await unpackTo(place, unlock, { folder: body.fresh }, { signal: job.signal, onProgress });
        const { checked, differing } = await compareWith(place, unlock, { folder: body.fresh });
        if (differing.length > 0) throw unlike(differing);
        await flush(body.fresh);
        say(`${plural(checked, "entry", "entries")} as in the archive`);
      });
    },
    replace: () =>
      job.step("Replace contents", async () => {
        await fs.rename(data, body.old);
        await fs.rename(body.fresh, data);
        await flushFolder(path.dirname(data));
        job.say(`${data} holds what the archive holds`);
      }),
    decide: () => intent!.update({ ...body, decided: true }),
    recall: () => intent!.update(body),
    putBack: async () => tell(await settleSwap(body)),
    async finish() {
      tell(await removeOr([body.old]));
      await intent!.done();
    },
    async discard() {
      tell(await settleSwap(body));
      await intent?.done();
    },
  };
}

/**
 * Makes what an exchange left, at whatever moment it was cut off, exactly old, or exactly new where it was decided. Resolves
 * to the folders beside it that cannot be removed, which changes nothing about that.
 */
export async function settleSwap({ data, fresh, old, decided }: IntentBodies["swap"]): Promise<string[]> {
  if (!decided && (await isThere(old))) {
    if (await isThere(data)) {
      await remove(fresh);
      await fs.rename(data, fresh);
    }
    await fs.rename(old, data);
    await flushFolder(path.dirname(data));
  }
  return removeOr(decided ? [fresh, old] : [fresh]);
}

export function unlike(differing: readonly string[]): AppError {
  const some = differing.slice(0, 3).join(", ");
  return new AppError(
    "internal",
    `${plural(differing.length, "entry", "entries")} came out unlike the archive: ${some}`,
  );
}

/** Owner and mode as those of what it will replace, for an archive that does not tell its root's. */
async function emptyLike(data: string, fresh: string): Promise<void> {
  await remove(fresh);
  await fs.mkdir(fresh, { mode: 0o700 });
  const { uid, gid, mode } = await fs.stat(data);
  await fs.chown(fresh, uid, gid);
  await fs.chmod(fresh, mode & 0o7777);
}

/** The whole file system at once: a sync of each of many files would take minutes. */
async function flush(folder: string): Promise<void> {
  const { exitCode, stderr } = await run("sync", ["-f", "--", folder], { timeout: 600 });
  if (exitCode !== 0) throw new AppError("internal", `${folder} could not be written to the disk: ${stderr.trim()}`);
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function remove(folder: string): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true }).catch((err: unknown) => {
    logger("backups").error({ err, folder }, "what a restore has left cannot be removed");
    throw err;
  });
}

/** Those that cannot be: a file that is marked immutable, a disk that is read-only by now. */
async function removeOr(folders: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  // what stands in the way is in the server's log
  for (const folder of folders) await remove(folder).catch(() => left.push(folder));
  return left;
}

/** What is removed with the old content must be that content alone. */
async function hasMountsBelow(data: string): Promise<boolean> {
  const table = await fs.readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  const unescaped = (text: string) =>
    text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
  return table.split("\n").some((line) => unescaped(line.split(" ")[4] ?? "").startsWith(`${data}/`));
}

async function isThere(folder: string): Promise<boolean> {
  return fs.lstat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
