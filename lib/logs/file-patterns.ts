/**
 * Paths and globs that an administrator names: what may be named, and which files they find. What a name says is not what
 * is opened, so that each file is looked at again when it is open.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Admit } from "#lib/platform/line-file.ts";
import { isRotationOf } from "#lib/supervisors/files/rotation.ts";
import { globProblem, walkGlob } from "./glob.ts";
import { linkRefusal } from "./trusted-links.ts";

export const MOST_FILES = 200;
/** names that a glob may come across, and milliseconds that it may take */
const MOST_NAMES = 100_000;
const LONGEST = 2000;
/** nothing that is a log is there, and what is there does harm when it is read or known */
const NEVER = ["/proc", "/sys", "/dev", "/boot", "/etc"];
const SECRET = [
  /(?:^|\/)\.(?:ssh|gnupg|aws|kube|azure|password-store)(?:\/|$)/,
  /\.(?:pem|key|p12|kdbx|gpg)$/,
  /\/\.env(?:\.[^/]*)?$|\.env$/,
  /\/\.(?:netrc|pgpass|npmrc|pypirc|my\.cnf|git-credentials|vault-token|lesshst|histfile|[\w-]+_history)$/,
  /\/\.docker\/config\.json$|\/\.pm2\/dump\.pm2[^/]*$|\/fish\/fish_history$|\/\.config\/gcloud\//,
  /\/run\/secrets(?:\/|$)/,
  // the environment of a container is in them
  /\/containers\/[^/]+\/(?:config|hostconfig)[^/]*\.json$/,
];
const OWN = "Trihelm's own data is not read";
const MAGIC = /[*?[{]/;

/** The pattern as it is kept. Throws `validation`. */
export function checkPattern(text: string): string {
  const pattern = text.startsWith("~/") ? path.join(/*turbopackIgnore: true*/ os.homedir(), text.slice(2)) : text;
  const problem = problemOf(pattern);
  if (problem)
    throw new AppError("validation", `pattern: ${problem}`, { problems: [{ path: "pattern", message: problem }] });
  return pattern;
}

function problemOf(pattern: string): string | null {
  if (!path.isAbsolute(pattern)) return "is an absolute path, such as /var/log/app/*.log";
  if (pattern.includes("\0") || pattern.split("/").includes("..")) return "has no NUL and no .. in it";
  const first = pattern.split("/")[1] ?? "";
  if (first === "" || MAGIC.test(first)) return "begins with a folder that is named in full";
  if (refusalOf(pattern)) return "names what is no log: system files and keys are not read";
  return MAGIC.test(pattern) ? globProblem(pattern) : null;
}

/** Why this real path is not read; null: it may be. */
export function refusalOf(file: string): string | null {
  const within = (folder: string) => file === folder || file.startsWith(`${folder}/`);
  if (NEVER.some(within) || SECRET.some((one) => one.test(file))) return "system files and keys are not read";
  return within(env().dataDir) || within(dataFolder()) ? OWN : null;
}

/** Where the data folder is, whatever links lead there. */
function dataFolder(): string {
  const { dataDir } = env();
  return fs.existsSync(dataDir) ? fs.realpathSync(dataDir) : dataDir;
}

/** By what it is: a hard link or another mount gives it a name outside the data folder. */
function isOwnData({ dev, ino }: fs.BigIntStats): boolean {
  const folder = dataFolder();
  if (!fs.existsSync(folder)) return false;
  return fs.readdirSync(folder).some((name) => {
    const file = path.join(/*turbopackIgnore: true*/ folder, name);
    const own = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
    return own?.dev === dev && own.ino === ino;
  });
}

/** By what was opened, wherever links led, and by whose links they were. */
export function admitOf(pattern: string): Admit {
  const folder = folderOf(pattern);
  return ({ file, descriptor, uid }) => {
    let real: string;
    try {
      real = fs.readlinkSync(`/proc/self/fd/${descriptor}`).replace(/ \(deleted\)$/, "");
    } catch {
      return "what was opened cannot be told on this system";
    }
    if (isOwnData(fs.fstatSync(descriptor, { bigint: true }))) return OWN;
    return refusalOf(real) ?? linkRefusal({ file, uid, real }, folder);
  };
}

/** What a pattern names in full: the folder of a file, and of a glob all before its first part with a sign. */
function folderOf(pattern: string): string {
  const parts = path.resolve(/*turbopackIgnore: true*/ pattern).split("/");
  const magic = parts.findIndex((part) => MAGIC.test(part));
  return parts.slice(0, magic < 0 ? -1 : magic).join("/") || "/";
}

/** Ordinary files, most recently written first, each once and without what rotation made of another; 200 at most. */
export async function findFiles(pattern: string): Promise<string[]> {
  if (!MAGIC.test(pattern)) return (await statOf(pattern)) ? [pattern] : [];
  const found: { file: string; id: string; modified: number }[] = [];
  await walkGlob(pattern, { milliseconds: LONGEST, names: MOST_NAMES, never: NEVER }, async (file) => {
    const stats = await statOf(file);
    if (stats) found.push({ file, ...stats });
  });
  const once = new Map(found.map((one) => [one.id, one]));
  const names = new Set([...once.values()].map(({ file }) => file));
  const isRotated = (file: string) => {
    for (const other of names) if (other !== file && isRotationOf(file, other)) return true;
    return false;
  };
  return [...once.values()]
    .sort((a, b) => b.modified - a.modified)
    .slice(0, MOST_FILES)
    .map(({ file }) => file)
    .filter((file) => !isRotated(file));
}

async function statOf(file: string): Promise<{ id: string; modified: number } | null> {
  try {
    const stats = await fs.promises.stat(file);
    return stats.isFile() ? { id: `${stats.dev}.${stats.ino}`, modified: stats.mtimeMs } : null;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}
