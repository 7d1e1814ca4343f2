/** One act of the archive engine in a process of its own: how long it took, and how far its memory grew. */
import fs from "node:fs";
import type { Root } from "#lib/backups/archive/archive.ts";
import { listFolder } from "#lib/backups/archive/browse.ts";
import { unpackTo } from "#lib/backups/archive/unpack.ts";
import { verifyArchive } from "#lib/backups/archive/verify.ts";
import { writeArchive } from "#lib/backups/archive/write.ts";
import { connect } from "#lib/supervisors/docker/connect.ts";
import { volumesOf } from "#lib/supervisors/docker/volumes.ts";

export interface Measured {
  seconds: number;
  /** until the sources had been read; of a backup that somebody waits for */
  read: number | null;
  /** bytes of resident memory beyond those after a first small one */
  growth: number;
  /** seconds of processor time, of all threads: what other work on the machine changes least */
  cpu: number;
}

const [act = "", from = "", stem = ""] = process.argv.slice(2);
const engine = connect("unix:///var/run/docker.sock", "docker");
const volumes = volumesOf(engine, "bench");
const { signal } = new AbortController();
const place = { stem, encrypted: false };

const roots: Record<string, Root["from"]> = {
  disk: { kind: "folder", path: from },
  engine: { kind: "stream", open: (aborted) => volumes.readVolume(from, aborted) },
};

async function backup(source: Root["from"], onRead?: () => void): Promise<void> {
  const root: Root = { prefix: "", from: source, include: [], exclude: [], databases: "as-files" };
  const head = {
    ...{ id: "bench", source: {}, title: "bench", host: "local", createdAt: new Date().toISOString() },
    ...{ consistency: "pause" as const, tool: { name: "trihelm", version: "0.1.0" }, context: {} },
  };
  for (const end of [".tar.zst", ".json"]) fs.rmSync(`${stem}${end}`, { force: true });
  await writeArchive({ stem, head, roots: [root], lock: null, signal, ...(onRead ? { onRead } : {}) });
}

const acts: Record<string, (told: Measured) => Promise<void>> = {
  disk: () => backup(roots.disk!),
  engine: () => backup(roots.engine!),
  "disk-held": (told) => held(roots.disk!, told),
  "engine-held": (told) => held(roots.engine!, told),
  verify: async () => {
    const verdict = await verifyArchive(place, null);
    if ("damage" in verdict) throw new Error(verdict.damage);
  },
  "restore-disk": () => unpackTo(place, null, { folder: from }),
  "restore-engine": () => unpackTo(place, null, { write: (tar) => volumes.writeVolume(from, tar, signal) }),
  list: async () => {
    const folder = await listFolder(place, null, from);
    if (folder.items.length === 0) throw new Error("nothing is listed");
  },
};

async function held(source: Root["from"], told: Measured): Promise<void> {
  const started = performance.now();
  await backup(source, () => {
    told.read = (performance.now() - started) / 1000;
  });
}

/** Code is compiled and the heap has its size once something small has gone through. */
async function warmUp(): Promise<void> {
  if (!(act in roots) && !act.endsWith("-held")) return;
  const small = fs.mkdtempSync(`${stem}-warm-`);
  const byte = Buffer.alloc(64 * 1024, 1);
  for (let n = 0; n < 500; n += 1) fs.writeFileSync(`${small}/f${n}`, byte);
  await backup({ kind: "folder", path: small });
  fs.rmSync(small, { recursive: true });
}

await warmUp();
const before = process.memoryUsage.rss();
let most = before;
const sampling = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);
const told: Measured = { seconds: 0, read: null, growth: 0, cpu: 0 };
const usedBefore = process.cpuUsage();
const started = performance.now();
await acts[act]!(told);
told.seconds = (performance.now() - started) / 1000;
told.growth = most - before;
const used = process.cpuUsage(usedBefore);
told.cpu = (used.user + used.system) / 1e6;
clearInterval(sampling);
engine.close();
process.stdout.write(`${JSON.stringify(told)}\n`);
