/** Folders as tar streams and back, as far as a fake needs it: files, folders, links, owners and modes. */
import { createReadStream, createWriteStream, type Stats } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import tar from "tar-stream";
import { SupervisorError } from "../supervisor.ts";

/** Names begin with `./`; a single file is called by its own name. */
export function packFolder(folder: string, signal: AbortSignal): Readable {
  const pack = tar.pack();
  addAll(pack, folder, signal).then(
    () => pack.finalize(),
    (error: unknown) => pack.destroy(error as Error),
  );
  return pack as unknown as Readable;
}

/** Over what is there. Throws `refused` for what is no tar or ends in the middle. */
export async function unpackInto(folder: string, source: Readable, signal: AbortSignal): Promise<void> {
  const extract = tar.extract();
  let entries = 0;
  const reading = (async () => {
    for await (const entry of extract) {
      entries += 1;
      const { name, type, mode = 0o644, linkname, mtime } = entry.header;
      const target = path.join(folder, path.normalize(`/${name}`));
      if (type === "directory") await fs.mkdir(target, { recursive: true });
      else await fs.mkdir(path.dirname(target), { recursive: true });
      if (type === "symlink") await fs.symlink(linkname ?? "", target);
      else if (type === "link") await fs.link(path.join(folder, path.normalize(`/${linkname}`)), target);
      else if (type === "file") await pipeline(entry, createWriteStream(target, { mode }));
      entry.resume();
      if (type === "file" && mtime) await fs.utimes(target, mtime, mtime);
      if (type === "file" || type === "directory") await fs.chmod(target, mode);
    }
  })();
  await Promise.all([pipeline(source, extract, { signal }), reading]);
  if (entries === 0)
    throw new SupervisorError("refused", "What was to be written into the volume is no tar: it is empty");
}

async function addAll(pack: tar.Pack, from: string, signal: AbortSignal): Promise<void> {
  const stats = await fs.lstat(from).catch((error: unknown) => {
    throw new SupervisorError("not_found", "There is nothing of that name in the volume", { cause: error });
  });
  if (!stats.isDirectory()) return add(pack, { file: from, name: path.basename(from), stats });
  const waiting: string[] = ["."];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    signal.throwIfAborted();
    const file = path.join(from, at);
    await add(pack, { file, name: at === "." ? "./" : `./${at}/`, stats: await fs.lstat(file) });
    for (const entry of (await fs.readdir(file, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = path.join(at, entry.name);
      if (entry.isDirectory()) waiting.push(below);
      else
        await add(pack, {
          file: path.join(from, below),
          name: `./${below}`,
          stats: await fs.lstat(path.join(from, below)),
        });
    }
  }
}

async function add(pack: tar.Pack, { file, name, stats }: { file: string; name: string; stats: Stats }): Promise<void> {
  const head = { name, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, mtime: stats.mtime };
  if (stats.isFile()) {
    await pipeline(createReadStream(file), pack.entry({ ...head, type: "file", size: stats.size }));
    return;
  }
  const kind = stats.isDirectory()
    ? { type: "directory" as const }
    : stats.isSymbolicLink()
      ? { type: "symlink" as const, linkname: await fs.readlink(file) }
      : null;
  if (kind)
    await new Promise<void>((resolve, reject) => {
      pack.entry({ ...head, ...kind }, (error) => (error ? reject(error) : resolve()));
    });
}
