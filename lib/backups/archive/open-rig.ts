/** Archives as they lie on the disk, made of a tar's bytes, so that reading them is tried without what writes them. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import type { ArchivePlace, Lock, ManifestEntry, ManifestHead } from "./archive.ts";
import { encrypted } from "./encrypt.ts";
import { inChunks } from "./hostile-rig.ts";
import { headLine, MANIFEST_END } from "./manifest.ts";
import { timeText } from "./tar-pax.ts";
import { scanTar } from "./tar-scan.ts";
import { writeArchive } from "./write.ts";

/** A folder of one's own, and how it goes. */
export function scratchFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "trihelm-archive-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function compress(bytes: Uint8Array): Buffer {
  return zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });
}

/** `change` alters the manifest before it is written. */
export async function archiveOf(
  wanted: { folder: string; name?: string; tar: Uint8Array; lock?: Lock },
  change: (manifest: { head: ManifestHead; entries: ManifestEntry[] }) => void = () => undefined,
): Promise<ArchivePlace> {
  const stem = path.join(wanted.folder, wanted.name ?? "archive");
  const place = { stem, encrypted: wanted.lock !== undefined };
  const seal = (bytes: Buffer) => (wanted.lock ? collect(encrypted(inChunks(bytes, 100_000), wanted.lock)) : bytes);
  const archive = await seal(compress(wanted.tar));
  writeFileSync(`${stem}.tar.zst${wanted.lock ? ".age" : ""}`, archive);
  const manifest = { head: headOf(archive), entries: await entriesOf(wanted.tar) };
  manifest.head.entries = manifest.entries.length;
  manifest.head.originalSize = manifest.entries.reduce((sum, { size }) => sum + size, 0);
  manifest.head.encrypted = place.encrypted;
  change(manifest);
  const lines = manifest.entries.map((entry) => JSON.stringify(entry)).join(",\n");
  const tail = `${lines}${lines ? "\n" : ""}`;
  writeFileSync(
    `${stem}.json`,
    headLine(manifest.head, place.encrypted) + (place.encrypted ? "" : tail + MANIFEST_END),
  );
  if (wanted.lock) writeFileSync(`${stem}.entries.zst.age`, await seal(compress(Buffer.from(tail))));
  return place;
}

/** The archive of a folder, as a backup writes it. */
export async function archivedFolder(source: string, folder: string, lock: Lock | null = null): Promise<ArchivePlace> {
  const stem = path.join(folder, "archive");
  const { id, title, host, createdAt, tool, context } = headOf(Buffer.alloc(0));
  const head = { id, title, host, createdAt, tool, context, consistency: "live" as const, source: { path: source } };
  const from = { kind: "folder" as const, path: source };
  const roots = [{ prefix: "", from, include: [], exclude: [], databases: "as-files" as const }];
  await writeArchive({ stem, head, roots, lock, signal: new AbortController().signal });
  return { stem, encrypted: lock !== null };
}

/** Changes the file that holds an archive. */
export function alter(file: string, change: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(file, change(readFileSync(file)));
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

async function entriesOf(tar: Uint8Array): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  for await (const entry of scanTar(inChunks(tar, 100_000))) {
    const { path: name, type, size, mode, target } = entry;
    const sha256 =
      type === "file"
        ? createHash("sha256")
            .update(await collect(entry.content()))
            .digest("hex")
        : null;
    const owner = `${entry.uid}:${entry.gid}`;
    const said = { path: name, type, size, mode, owner, mtime: timeText(entry.mtime), sha256 };
    entries.push(target === null ? said : { ...said, target });
  }
  return entries;
}

function headOf(archive: Uint8Array): ManifestHead {
  return {
    version: 1,
    id: "01",
    source: { volume: "local/docker/wa-db" },
    title: "wa-db",
    host: "local",
    createdAt: "2026-11-20T03:00:00Z",
    consistency: "pause",
    size: archive.length,
    sha256: createHash("sha256").update(archive).digest("hex"),
    originalSize: 0,
    files: 0,
    entries: 0,
    encrypted: false,
    tool: { name: "trihelm", version: "0" },
    databases: [],
    skipped: [],
    context: {},
  };
}
