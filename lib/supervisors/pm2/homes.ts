/** Where PM2 daemons may be: each lives in a home folder of its own, under its user. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export interface Pm2Home {
  home: string;
  /** null: this process's own user, whose scope is plain `pm2`; else what stands behind `pm2@` */
  user: string | null;
}

export interface HomesOptions {
  /** TRIHELM_PM2_HOMES; null: look for them */
  configured: readonly string[] | null;
  /** PM2_HOME of this process */
  pm2Home: string | undefined;
  /** this process's own home folder */
  ownHome: string;
  uid: number;
  /** the root of the file system, another one in tests */
  root?: string;
}

/**
 * The homes to speak to, never none: without any daemon the own one is answered, so that a page can say what is missing.
 * As root the homes of all users under `/home` that have a socket come too. A home that is not the own user's bears its
 * owner's name; a second one of the same owner also a short digest of its path, so that scopes never meet.
 */
export function findPm2Homes(options: HomesOptions): Pm2Home[] {
  const found = new Map<string, string>();
  for (const home of options.configured?.length ? options.configured : candidates(options)) {
    const real = realPath(home);
    if (!found.has(real)) found.set(real, home);
  }
  const owners = readOwners(options.root ?? "/");
  const taken = new Set<string | null>();
  return [...found.values()].map((home) => {
    const uid = ownerOf(home) ?? options.uid;
    const name = owners.get(uid) ?? String(uid);
    let user = uid === options.uid ? null : name;
    if (taken.has(user)) user = `${name}-${createHash("sha256").update(home).digest("hex").slice(0, 6)}`;
    taken.add(user);
    return { home, user };
  });
}

function candidates({ pm2Home, ownHome, uid, root = "/" }: HomesOptions): string[] {
  const own = path.join(/*turbopackIgnore: true*/ ownHome, ".pm2");
  const homes: string[] = [];
  if (pm2Home) homes.push(pm2Home);
  if (hasRun(own)) homes.push(own);
  if (uid === 0) {
    const users = path.join(/*turbopackIgnore: true*/ root, "home");
    const others = [path.join(/*turbopackIgnore: true*/ root, "root"), ...foldersIn(users)];
    for (const folder of others) {
      const home = path.join(/*turbopackIgnore: true*/ folder, ".pm2");
      if (fs.existsSync(path.join(/*turbopackIgnore: true*/ home, "rpc.sock"))) homes.push(home);
    }
  }
  return homes.length > 0 ? homes : [own];
}

/** A daemon was here once: it may be back. */
function hasRun(home: string): boolean {
  return ["rpc.sock", "pm2.log"].some((name) => fs.existsSync(path.join(/*turbopackIgnore: true*/ home, name)));
}

function foldersIn(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .sort()
      .map((name) => path.join(/*turbopackIgnore: true*/ folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function realPath(home: string): string {
  try {
    return fs.realpathSync(home);
  } catch (error) {
    // not there yet, or not ours to look into: it is compared by what was given
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return home;
    throw error;
  }
}

/** The user id of a home; null when it is not there. */
export function ownerOf(home: string): number | null {
  try {
    return fs.statSync(home).uid;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

function readOwners(root: string): Map<number, string> {
  const names = new Map<number, string>();
  const file = path.join(/*turbopackIgnore: true*/ root, "etc", "passwd");
  if (!fs.existsSync(file)) return names;
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    const [name, , uid] = line.split(":");
    if (name && uid && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}
