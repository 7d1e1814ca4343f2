/** Trees to archive, and what they are made of, for tests. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Root } from "./archive.ts";
import type { WantedArchive } from "./write.ts";

export type Part =
  | { kind: "file"; bytes: Buffer; mode: number; owner: number; mtime: number }
  | { kind: "sparse"; size: number; at: number; bytes: Buffer }
  | { kind: "folder"; mode: number }
  | { kind: "link"; to: Buffer }
  | { kind: "hardlink" }
  | { kind: "fifo" };

export function scratchFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-archive-"));
}

/** Makes a tree below `folder`; names are bytes, and what cannot be made (a name taken) is left out. */
export function growTree(folder: string, parts: readonly { name: Buffer; part: Part }[]): void {
  const folders: Buffer[] = [Buffer.from(folder)];
  const files: Buffer[] = [];
  for (const [n, { name, part }] of parts.entries()) {
    const place = Buffer.concat([folders[n % folders.length]!, Buffer.from("/"), name]);
    if (fs.existsSync(place) || isLink(place)) continue;
    if (part.kind === "folder") {
      fs.mkdirSync(place);
      fs.chmodSync(place, part.mode);
      folders.push(place);
    } else if (part.kind === "link") fs.symlinkSync(part.to, place);
    else if (part.kind === "hardlink") {
      if (files.length > 0) fs.linkSync(files[n % files.length]!, place);
    } else if (part.kind === "fifo") execFileSync("mkfifo", [path.join(folder, `fifo${n}`)]);
    else {
      growFile(place, part);
      files.push(place);
    }
  }
}

function growFile(place: Buffer, part: Extract<Part, { kind: "file" | "sparse" }>): void {
  if (part.kind === "sparse") {
    fs.writeFileSync(place, "");
    fs.truncateSync(place as unknown as string, part.size);
    const fd = fs.openSync(place, "r+");
    fs.writeSync(fd, part.bytes, 0, part.bytes.length, part.at);
    fs.closeSync(fd);
    return;
  }
  fs.writeFileSync(place, part.bytes);
  fs.chownSync(place, part.owner, part.owner + 1);
  fs.chmodSync(place, part.mode);
  fs.utimesSync(place, part.mtime, part.mtime);
}

function isLink(place: Buffer): boolean {
  try {
    return fs.lstatSync(place).isSymbolicLink();
  } catch {
    // nothing is there
    return false;
  }
}

/** Everything that a restore must bring back, a line an entry, sorted: what two equal trees have in common. */
export function describeTree(folder: string): string[] {
  const lines: string[] = [];
  const first = new Map<bigint, string>();
  const walk = (place: Buffer, name: string) => {
    const stat = fs.lstatSync(place, { bigint: true });
    const known = stat.nlink > 1n && !stat.isDirectory() ? first.get(stat.ino) : undefined;
    if (stat.nlink > 1n && !known) first.set(stat.ino, name);
    const what = stat.isFile()
      ? createHash("sha256").update(fs.readFileSync(place)).digest("hex")
      : stat.isSymbolicLink()
        ? fs.readlinkSync(place, { encoding: "buffer" }).toString("hex")
        : "";
    const time = stat.isSymbolicLink() ? "" : stat.mtimeNs;
    lines.push([name, stat.mode.toString(8), `${stat.uid}:${stat.gid}`, time, known ?? "", what].join(" | "));
    if (!stat.isDirectory()) return;
    const names = fs.readdirSync(place, { encoding: "buffer" }).sort(Buffer.compare);
    for (const one of names) walk(Buffer.concat([place, Buffer.from("/"), one]), `${name}/${one.toString("hex")}`);
  };
  walk(Buffer.from(folder), ".");
  return lines;
}

/** What the stock tools make of an archive. */
export function unpackByTools(archive: string, folder: string): void {
  fs.mkdirSync(folder);
  const tar = execFileSync("zstd", ["-dc", archive], { maxBuffer: 1e9 });
  execFileSync("tar", ["x", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls", "-C", folder], {
    input: tar,
  });
}

export function folderRoot(folder: string, more: Partial<Root> = {}): Root {
  return {
    prefix: "",
    from: { kind: "folder", path: folder },
    include: [],
    exclude: [],
    databases: "as-files",
    ...more,
  };
}

export function wantedArchive(stem: string, roots: readonly Root[], more: Partial<WantedArchive> = {}): WantedArchive {
  const head = {
    ...{ id: "b1", source: { path: "/srv/data" }, title: "/srv/data", host: "local", context: {} },
    ...{ createdAt: "2026-11-21T12:00:00Z", consistency: "live" as const, tool: { name: "trihelm", version: "0.1.0" } },
  };
  return { stem, head, roots, lock: null, signal: new AbortController().signal, ...more };
}
