/**
 * A tar that an engine gives against a manifest, each in an order of its own: a print of every entry is kept, in some forty
 * bytes. Whichever name of a hard link comes first in the one may come last in the other.
 */
import { createHash, hash } from "node:crypto";
import type { ManifestEntry } from "./archive.ts";
import type { Report } from "./compare.ts";
import { timeOf } from "./compare-time.ts";
import { hash64, PathTable } from "./hostile-paths.ts";
import type { TarEntry } from "./tar-scan.ts";

/** words that are kept with a path */
const STATE = 0;
const GROUP = 1;
const PRINT = 2;
const PRINT_WORDS = 4;
/** bits of the state */
const MET = 1;
const EXACT = 2;
const EXPECTED = 4;

/** How many entries the manifest has. `entries` is asked once for the comparison and once more where something is not in it. */
export async function compareStream(
  entries: () => AsyncIterable<ManifestEntry>,
  actual: AsyncIterable<TarEntry>,
  report: Report,
): Promise<number> {
  const table = new PathTable(PRINT + PRINT_WORDS);
  const found = { all: 0, contents: 0 };
  const paths = new PathsMet();
  for await (const entry of actual) {
    found.all++;
    if (entry.type === "file") found.contents++;
    paths.add(entry.path);
    const wait = take(table, entry);
    if (wait) await wait;
  }
  const expected = { all: 0, contents: 0 };
  for await (const entry of entries()) {
    expected.all++;
    if (entry.type === "file") expected.contents++;
    const what = differenceIn(table, entry);
    if (what !== null) report(entry.path, what);
  }
  paths.unexpected(table, report);
  if (found.all === expected.all && found.contents > expected.contents)
    report("Hard links", `${found.contents - expected.contents} names have become files of their own`);
  if (found.all === expected.all && found.contents < expected.contents)
    report("Hard links", `${expected.contents - found.contents} files have become names of others`);
  return expected.all;
}

/** Null, or what to wait for. */
function take(table: PathTable, entry: TarEntry): Promise<void> | null {
  if (entry.type === "hardlink") {
    const first = table.get(entry.target ?? "");
    const copy = first ? Uint32Array.from(first) : null;
    const words = table.add(entry.path);
    if (copy) words.set(copy);
    words[STATE] = (words[STATE] ?? 0) | MET;
    return null;
  }
  if (entry.type !== "file") keep(table, entry, null);
  else {
    const content = entry.whole();
    if (!content) return checksumOf(entry).then((sha256) => keep(table, entry, sha256));
    keep(table, entry, hash("sha256", content, "hex"));
  }
  return null;
}

function keep(table: PathTable, entry: TarEntry, sha256: string | null): void {
  const isExact = entry.mtime.nanos !== 0;
  const print = printOf({
    ...entry,
    owner: `${entry.uid}:${entry.gid}`,
    time: isExact ? `${entry.mtime.seconds}.${entry.mtime.nanos}` : `${entry.mtime.seconds}`,
    sha256,
  });
  const words = table.add(entry.path);
  words[STATE] = MET | (isExact ? EXACT : 0);
  words[GROUP] = hash64(entry.path)[0];
  words.set(print, PRINT);
}

function differenceIn(table: PathTable, entry: ManifestEntry): string | null {
  const words = table.get(entry.path);
  if (!words || !((words[STATE] ?? 0) & MET)) return "is missing";
  words[STATE] = (words[STATE] ?? 0) | EXPECTED;
  if (entry.type === "hardlink") {
    const group = words[GROUP];
    return table.get(entry.target ?? "")?.[GROUP] === group ? null : `is no second name of ${entry.target}`;
  }
  const { seconds, nanos } = timeOf(entry);
  const time = (words[STATE] ?? 0) & EXACT ? `${seconds}.${nanos}` : `${seconds}`;
  const print = printOf({ ...entry, target: entry.target ?? null, time });
  const isSame = print.every((word, n) => word === words[PRINT + n]);
  return isSame ? null : "has another content, owner, mode or time";
}

interface Printed {
  path: string;
  type: string;
  size: number;
  mode: number;
  owner: string;
  time: string;
  sha256: string | null;
  target: string | null;
}

function printOf({ path, type, size, mode, owner, time, sha256, target }: Printed): Uint32Array {
  const said = [type, size, type === "link" ? "" : mode, owner, path === "." ? "" : time, sha256, target].join("|");
  const digest = hash("sha256", said, "buffer");
  return Uint32Array.from({ length: PRINT_WORDS }, (_, n) => digest.readUInt32LE(4 * n));
}

async function checksumOf(entry: TarEntry): Promise<string> {
  const sum = createHash("sha256");
  for await (const bytes of entry.content()) sum.update(bytes);
  return sum.digest("hex");
}

/** Paths in one text: what is only in the tar must be named, and nothing else needs them. */
class PathsMet {
  private readonly pieces: Buffer[] = [];
  private lines: string[] = [];

  add(path: string): void {
    this.lines.push(path);
    if (this.lines.length >= 1000) this.fold();
  }

  unexpected(table: PathTable, report: Report): void {
    this.fold();
    for (const piece of this.pieces)
      for (const path of piece.toString().split("\n"))
        if (path !== "" && !((table.get(path)?.[STATE] ?? 0) & EXPECTED)) report(path, "is not in the archive");
  }

  private fold(): void {
    this.pieces.push(Buffer.from(this.lines.join("\n")));
    this.lines = [];
  }
}
