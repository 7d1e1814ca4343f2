/**
 * Whose links are followed: as root a link leads anywhere, so it says no more than whoever made it may read. A link of root,
 * or of the user that Trihelm runs as, is an administrator's word; anybody else's leads to what belongs to that one.
 */
import fs from "node:fs";
import path from "node:path";

/** as the kernel has it */
const MOST_LINKS = 40;
const NEVER_THROUGH = /^\/(?:proc|dev)(?:\/|$)/;

interface Opened {
  /** by which name */
  file: string;
  uid: bigint;
  /** what the kernel says of its place */
  real: string;
}

interface Link {
  owner: bigint;
  /** of what it leads to; null: it leads nowhere */
  target: bigint | null;
}

/**
 * Why what was opened is not read; null: it may be. An administrator named `folder`, so that a link in its name may lead
 * from one person's files to another's, but not to root's. A file that was renamed since it was opened is known by its folder.
 */
export function linkRefusal({ file, uid, real }: Opened, folder: string): string | null {
  const own = [0n, BigInt(process.getuid?.() ?? 0)];
  const isTrusted = ({ owner, target }: Link) => own.includes(owner) || owner === uid || owner === target;
  try {
    const named = walk("/", folder, (link) => isTrusted(link) || !own.includes(uid));
    if (path.dirname(real) === named) return null;
    const parent = path.dirname(file);
    const place = walk(named, path.relative(folder, parent), isTrusted);
    // the last link is judged by what was opened: it may lead elsewhere by now
    const last = walk(place, path.basename(file), ({ owner }) => own.includes(owner) || owner === uid);
    return path.dirname(real) === path.dirname(last) ? null : "a link leads elsewhere than a moment ago";
  } catch (error) {
    if (error instanceof Untrusted) return error.message;
    throw error;
  }
}

class Untrusted extends Error {}

/** The place without links of a name below a folder without links. */
function walk(folder: string, name: string, isTrusted: (link: Link) => boolean): string {
  const left = partsOf(name);
  let current = folder;
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    const next = path.join(/*turbopackIgnore: true*/ current, part);
    if (NEVER_THROUGH.test(next)) throw new Untrusted("a link leads through a process or a device");
    const stats = fs.lstatSync(next, { bigint: true, throwIfNoEntry: false });
    if (!stats?.isSymbolicLink()) {
      current = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Untrusted("too many links follow each other");
    // read once: what is judged is what is followed
    const target = fs.readlinkSync(next);
    // as the kernel goes: .. after a link is not the folder before it
    const place = path.isAbsolute(target) ? target : [current, target].join("/");
    const owner = fs.statSync(place, { bigint: true, throwIfNoEntry: false })?.uid ?? null;
    if (!isTrusted({ owner: stats.uid, target: owner }))
      throw new Untrusted("a link leads to what does not belong to whoever made it");
    if (path.isAbsolute(target)) current = "/";
    left.unshift(...partsOf(target));
  }
  return current;
}

function partsOf(name: string): string[] {
  return name.split("/").filter((part) => part !== "" && part !== ".");
}
