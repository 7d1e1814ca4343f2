/** What a filter leaves out of a folder, as names for tar: so it is not read at all. */
import fs from "node:fs";
import type { PathFilter } from "./pack-filter.ts";
import { textOf } from "./tar-name.ts";

/**
 * Lines `./a/b`. The topmost of what is left out; names that a list of lines cannot carry are left to the filter that follows.
 * Links are not followed; a folder that goes away or may not be read is tar's to tell.
 */
export function* prunedNames(folder: string, filter: PathFilter): Generator<Buffer> {
  const open: { below: Buffer; path: string }[] = [{ below: Buffer.alloc(0), path: "." }];
  for (let one = open.pop(); one; one = open.pop()) {
    for (const entry of entriesOf(Buffer.concat([Buffer.from(folder), SLASH, one.below]))) {
      const name = one.below.length === 0 ? entry.name : Buffer.concat([one.below, SLASH, entry.name]);
      const path = textOf(name);
      const isFolder = entry.isDirectory();
      if (isFolder && !filter.prunes(path)) open.push({ below: name, path });
      else if ((isFolder || !filter.takes(path, false)) && isPlain(name)) yield Buffer.concat([HERE, name, LINE]);
    }
  }
}

const SLASH = Buffer.from("/");
const HERE = Buffer.from("./");
const LINE = Buffer.from("\n");

/** tar cuts off spaces at the end of a line, and some versions take a backslash for more than itself. */
function isPlain(name: Buffer): boolean {
  return !/[\\\n\r\t\v\f]|\s$/.test(name.toString("latin1"));
}

function entriesOf(folder: Buffer): fs.Dirent<Buffer>[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP"].includes(code ?? "")) throw error;
    return [];
  }
}
