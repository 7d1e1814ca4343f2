/** Trees of files as nobody would make them by hand, on a real disk, and everything about them that a backup must keep. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import fc from "fast-check";

export interface TreeNode {
  name: Uint8Array;
  kind: "file" | "folder" | "link" | "hardlink" | "holes" | "fifo";
  mode: number;
  uid: number;
  gid: number;
  /** seconds */
  mtime: number;
  data: Uint8Array;
  attribute: string | null;
  children: TreeNode[];
}

const isRoot = process.getuid?.() === 0;
const SLASH = Buffer.from("/");
const HOLE = 3 * 1024 * 1024;

const name = fc
  .oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z0-9._ -]{1,12}$/).map((text) => Buffer.from(text)) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((text) => Buffer.from(text)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 30 }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("a".repeat(120), "ä".repeat(90), "\\x41", "new\nline", "-rf", "é\u2028")
        .map((text) => Buffer.from(text)),
    },
  )
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0 && byte !== 0x2f)))
  .filter((bytes) => bytes.length > 0 && bytes.length < 256 && !/^\.\.?$/.test(bytes.toString("latin1")));

const owner = isRoot
  ? fc.oneof(fc.constantFrom(0, 1000, 2_097_152), fc.nat(70_000))
  : fc.constant(process.getuid?.() ?? 0);

const leaf = {
  name,
  mode: fc.oneof(fc.constantFrom(0o644, 0o4755, 0o2750, 0o1777, 0o600), fc.integer({ min: 0, max: 0o7777 })),
  uid: owner,
  gid: owner,
  mtime: fc.oneof(fc.constantFrom(0, 1, 2 ** 33 + 5), fc.double({ min: 0, max: 2_000_000_000, noNaN: true })),
  data: fc.uint8Array({ maxLength: 2000 }),
  attribute: fc.option(fc.stringMatching(/^[ -~]{0,40}$/), { freq: 4 }),
};

/** What stands in a folder, some levels deep. */
export const trees: fc.Arbitrary<TreeNode[]> = fc.letrec<{ node: TreeNode; nodes: TreeNode[] }>((tie) => ({
  nodes: fc.uniqueArray(tie("node"), { maxLength: 6, selector: (node) => Buffer.from(node.name).toString("hex") }),
  node: fc.oneof(
    { depthSize: "small" },
    fc.record({
      ...leaf,
      kind: fc.constantFrom<TreeNode["kind"][]>("file", "file", "file", "link", "hardlink", "holes", "fifo"),
      children: fc.constant<TreeNode[]>([]),
    }),
    fc.record({ ...leaf, kind: fc.constant("folder" as const), children: tie("nodes") }),
  ),
})).nodes;

/** Makes a tree in a folder that exists. A hard link is one of the last file made, or a file where there is none. */
export function plant(folder: string, nodes: readonly TreeNode[]): void {
  const state = { last: null as Buffer | null };
  for (const node of nodes) plantNode(Buffer.from(folder), node, state);
  fs.utimesSync(folder, 1_600_000_000, 1_600_000_000.25);
}

function plantNode(above: Buffer, node: TreeNode, state: { last: Buffer | null }): void {
  const file = Buffer.concat([above, SLASH, node.name]);
  if (node.kind === "hardlink" && state.last) {
    fs.linkSync(state.last, file);
    return;
  }
  if (node.kind === "folder") fs.mkdirSync(file);
  else if (node.kind === "link") fs.symlinkSync(linkTarget(node.data), file);
  else if (node.kind === "fifo") mkfifo(file);
  else fs.writeFileSync(file, node.data);
  if (node.kind === "holes") fs.truncateSync(file, HOLE);
  if (node.kind === "holes") fs.appendFileSync(file, node.data);
  if (node.kind === "file" || node.kind === "holes") state.last = file;
  for (const child of node.children) plantNode(file, child, state);
  if (isRoot) fs.lchownSync(file, node.uid, node.gid);
  if (node.kind === "file" && node.attribute !== null) setAttribute(file, node.attribute);
  if (node.kind !== "link") fs.chmodSync(file, isRoot ? node.mode : node.mode | 0o700);
  fs.lutimesSync(file, node.mtime, node.mtime);
}

function linkTarget(data: Uint8Array): Buffer {
  const bytes = Buffer.from(data.filter((byte) => byte !== 0)).subarray(0, 300);
  return bytes.length === 0 ? Buffer.from("/etc") : bytes;
}

/** Names that are no text cannot be arguments: the tool is pointed to the place by a name that is. */
function mkfifo(file: Buffer): void {
  const plain = `${os.tmpdir()}/trihelm-fifo-${process.pid}`;
  execFileSync("mkfifo", [plain]);
  fs.renameSync(plain, file);
}

function setAttribute(file: Buffer, value: string): void {
  const plain = `${os.tmpdir()}/trihelm-attribute-${process.pid}`;
  fs.linkSync(file, plain);
  execFileSync("setfattr", ["-n", "user.trihelm", "-v", `0x${Buffer.from(value).toString("hex")}`, plain]);
  fs.unlinkSync(plain);
}

/** A line for everything in a folder: what it is, whose, when, what is in it and which names share it. */
export function describeTree(folder: string): string[] {
  const lines: string[] = [];
  const first = new Map<string, string>();
  const walk = (file: Buffer, inside: string) => {
    const found = fs.lstatSync(file, { bigint: true });
    const inode = `${found.dev}:${found.ino}`;
    const shared = found.isDirectory() || found.nlink === 1n ? "" : (first.get(inode) ?? inside);
    first.set(inode, shared || inside);
    const mode = (found.mode & 0o7777n).toString(8);
    const what = kindOf(found);
    const content = found.isFile() ? createHash("sha256").update(fs.readFileSync(file)).digest("hex") : "";
    const target = found.isSymbolicLink() ? fs.readlinkSync(file, { encoding: "buffer" }).toString("latin1") : "";
    lines.push(
      [
        inside,
        what,
        mode,
        `${found.uid}:${found.gid}`,
        found.mtimeNs,
        found.isFile() ? found.size : "",
        content,
        target,
        shared,
      ].join("|"),
    );
    if (!found.isDirectory()) return;
    const names = fs.readdirSync(file, { encoding: "buffer" }).sort(Buffer.compare);
    for (const one of names) walk(Buffer.concat([file, SLASH, one]), `${inside}/${one.toString("latin1")}`);
  };
  walk(Buffer.from(folder), "");
  return [...lines, ...attributesOf(folder)];
}

function kindOf(found: fs.BigIntStats): string {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  if (found.isSymbolicLink()) return "link";
  return found.isFIFO() ? "fifo" : "other";
}

/** By the tool, in an order of its own. */
function attributesOf(folder: string): string[] {
  const dump = execFileSync("getfattr", ["-h", "-R", "-d", "-m", "-", "-e", "hex", "."], {
    cwd: folder,
    maxBuffer: 2 ** 28,
  });
  return dump.toString("latin1").split("\n\n").sort();
}
