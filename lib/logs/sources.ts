/** What lines are read from, by id: services, the kernel's part of the journal, and files that an administrator named. */
import { randomBytes } from "node:crypto";
import { type Access, reaches } from "#lib/auth/access.ts";
import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { requireService } from "#lib/services/read.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type FileSource, readLogs } from "#lib/supervisors/files/follow.ts";
import { readHistory } from "#lib/supervisors/files/history.ts";
import type { LogReader } from "#lib/supervisors/supervisor.ts";
import { journal } from "./boots.ts";
import { admitOf, checkPattern, findFiles } from "./file-patterns.ts";
import type { LogSource } from "./history.ts";
import type { LogSourceEntry, NewLogSource } from "./source-shapes.ts";
import { addLogSource, readLogSource, readLogSources, removeLogSource, type StoredLogSource } from "./store.ts";

const KERNEL = "local/journal/kernel";
const FILES = "local/file/";
const MOST = 100;
/** milliseconds */
const LATELY = 5000;

/** Throws `not_found`. */
export async function logSource(id: string): Promise<LogSource> {
  if (id === KERNEL) {
    const kernel = journal()?.kernel;
    if (!kernel) throw new AppError("not_found", "The journal of this machine is not read: systemd is off or absent");
    return { service: id, name: "kernel", supervisor: kernel };
  }
  if (id.startsWith(FILES)) {
    const stored = await readLogSource(id.slice(FILES.length));
    if (!stored) throw new AppError("not_found", `There is no log source ${id}`);
    return { service: id, name: stored.title, supervisor: fileReader(stored.pattern) };
  }
  requireService(id);
  const { source, record } = snapshot().find(id)!;
  return { service: id, name: record.name, supervisor: source };
}

/** Everything that is no service, as far as this caller may read it. */
export async function listLogSources(access: Access): Promise<LogSourceEntry[]> {
  const kernel: LogSourceEntry = {
    ...{ id: KERNEL, kind: "kernel", title: "Kernel", service: null, pattern: null, files: null },
    ...{ problem: null, createdAt: null },
  };
  // no files are looked for that the caller may not hear of
  const within = (await readLogSources()).filter(({ id }) => reaches(access, `${FILES}${id}`));
  const files = await Promise.all(within.map(entryOf));
  return [...(journal() && reaches(access, KERNEL) ? [kernel] : []), ...files];
}

/** Throws `validation` for a pattern that may not be read, `not_found` for a service that is not there. */
export async function createLogSource({ pattern, title, service }: NewLogSource): Promise<LogSourceEntry> {
  const checked = checkPattern(pattern);
  if (service != null) {
    if (!parseServiceId(service)) throw new AppError("validation", "service: is no id of a service");
    requireService(service);
  }
  if ((await readLogSources()).length >= MOST)
    throw new AppError("conflict", `There are ${MOST} sources: remove one first`);
  // what cannot be looked for is not kept
  await findLately(checked);
  const id = randomBytes(6).toString("hex");
  return entryOf(
    await addLogSource({ id, pattern: checked, title: title?.trim() || checked, service: service ?? null }),
  );
}

/** Throws `not_found`. */
export async function deleteLogSource(key: string): Promise<void> {
  if (!(await removeLogSource(key))) throw new AppError("not_found", `There is no log source ${FILES}${key}`);
}

async function entryOf({ id, service, pattern, title, createdAt }: StoredLogSource): Promise<LogSourceEntry> {
  const files = await findLately(pattern);
  return {
    ...{ id: `${FILES}${id}`, kind: "file", title, service, pattern },
    files,
    problem: files === 0 ? "No file is found there now" : null,
    createdAt: createdAt.toISOString(),
  };
}

/** How many files there are, as it was a few seconds ago at most: everybody who looks at the list asks. */
function findLately(pattern: string): Promise<number> {
  const known = lately.get(pattern);
  if (known && performance.now() < known.until) return known.count;
  if (lately.size > MOST * 2) lately.clear();
  const count = findFiles(pattern).then((files) => files.length);
  // a failure is the answer to whoever waits for it, and is not kept
  count.catch(() => lately.delete(pattern));
  lately.set(pattern, { count, until: performance.now() + LATELY });
  return count;
}

const lately = new Map<string, { count: Promise<number>; until: number }>();

function fileReader(pattern: string): LogReader {
  const source: FileSource = {
    admit: admitOf(pattern),
    files: async () => new Map((await findFiles(pattern)).map((file) => [file, "stdout"])),
  };
  return {
    logs: (_name, query, signal) => readLogs(source, query, signal),
    async history(_name, query, signal) {
      const files = await source.files();
      return readHistory({ ...source, files: async () => files }, query, signal);
    },
  };
}
