/**
 * Files by a glob: `*`, `?`, `[a-z]` and `{a,b}` within a name, and a part `**` for folders at any depth. A pattern comes
 * from outside, and so do the names: the walk ends by time and by the number of names that it met.
 */
import fs from "node:fs";
import path from "node:path";
import { sleep } from "#lib/platform/clock.ts";
import { fitsStars } from "#lib/platform/wildcard.ts";

/** null: folders at any depth */
type Part = readonly Sign[] | null;
/** `text`: one of its characters stands there; `any`: whatever character; `many`: any number of them */
type Sign = { kind: "text" | "not"; text: string } | { kind: "any" | "many" };

export interface GlobBounds {
  milliseconds: number;
  /** names that are met on the way */
  names: number;
  /** folders that are not gone into */
  never: readonly string[];
}

const LONGEST = 1000;
const MOST_PARTS = 64;
const MOST_STARS = 2;
const MOST_CHOICES = 32;

/** Why it is no glob that is taken; null: it is one. */
export function globProblem(pattern: string): string | null {
  if (pattern.length > LONGEST || pattern.split("/").length > MOST_PARTS) return "is too long";
  if (/[?*+@!]\(/.test(pattern)) return "has *, ?, [a-z] and {a,b}, and no brackets like +(a)";
  if (/\{[^{},]*\.\.[^{},]*\}/.test(pattern)) return "has no ranges like {1..9}: use [1-9]";
  if (/\{[^}]*[{/]/.test(pattern)) return "has no braces in braces, and no folder in them";
  const parts = pattern.split("/");
  if (parts.filter((part) => part === "**").length > MOST_STARS) return `has ** at most ${MOST_STARS} times`;
  if (parts.some((part) => part !== "**" && (part.match(/\*/g)?.length ?? 0) > MOST_STARS))
    return `has at most ${MOST_STARS} stars in the name of a file or folder`;
  return countChoices(pattern) > MOST_CHOICES ? `has at most ${MOST_CHOICES} choices in braces` : null;
}

/**
 * Hands every path that fits to `found`, until that was all or a bound is reached. Folders are left out, and nothing has been
 * looked at where the last part is a plain name.
 */
export async function walkGlob(
  pattern: string,
  bounds: GlobBounds,
  found: (file: string) => Promise<void>,
): Promise<void> {
  if (globProblem(pattern) !== null) return;
  const ending = new AbortController();
  const left = { names: bounds.names, signal: ending.signal };
  const all = choices(pattern).map((one) => one.split("/").filter(Boolean));
  // a folder on a server that does not answer holds up nothing but itself
  const over = sleep(bounds.milliseconds, ending.signal);
  const end = performance.now() + bounds.milliseconds;
  const isOver = () => left.signal.aborted || left.names <= 0 || performance.now() > end;
  const seen = new Set<string>();
  const walking = (async () => {
    for (const names of all) {
      const parts = names.map((name) => (name === "**" ? null : signsOf(name)));
      await walk({ names, parts, never: bounds.never }, { seen, isOver, met: () => (left.names -= 1), found });
    }
  })();
  try {
    await Promise.race([walking, over]);
  } finally {
    ending.abort();
    walking.catch(() => "nobody waits for it any more");
  }
}

interface Way {
  names: readonly string[];
  parts: readonly Part[];
  never: readonly string[];
}

interface Walker {
  seen: Set<string>;
  isOver: () => boolean;
  met: () => void;
  found: (file: string) => Promise<void>;
}

async function walk({ names, parts, never }: Way, { seen, isOver, met, found }: Walker): Promise<void> {
  const open: { folder: string; at: number }[] = [{ folder: "/", at: 0 }];
  for (let one = open.pop(); one && !isOver(); one = open.pop()) {
    const { folder, at } = one;
    const key = `${at} ${folder} ${names.slice(at).join("/")}`;
    if (seen.has(key) || never.includes(folder)) continue;
    seen.add(key);
    const part = parts[at]!;
    const isLast = at === parts.length - 1;
    if (part !== null && isPlain(part)) {
      const next = path.join(/*turbopackIgnore: true*/ folder, part.map(textOf).join(""));
      if (!isLast) open.push({ folder: next, at: at + 1 });
      else if (!seen.has(next)) await found(next);
      seen.add(isLast ? next : key);
      continue;
    }
    // a part ** may stand for no folder at all
    if (part === null && !isLast) open.push({ folder, at: at + 1 });
    for await (const entry of entriesOf(folder)) {
      met();
      if (isOver()) return;
      const next = path.join(/*turbopackIgnore: true*/ folder, entry.name);
      const isFolder = entry.isDirectory();
      // ** does not follow links, which may lead in a circle
      if (part === null && isFolder) open.push({ folder: next, at });
      if (part !== null && !fits(part, entry.name)) continue;
      if (isLast && !isFolder && !seen.has(next)) {
        seen.add(next);
        await found(next);
      } else if (part !== null && !isLast && (isFolder || entry.isSymbolicLink()))
        open.push({ folder: next, at: at + 1 });
    }
  }
}

async function* entriesOf(folder: string): AsyncGenerator<fs.Dirent> {
  try {
    yield* await fs.promises.opendir(folder, { bufferSize: 256 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP"].includes(code ?? "")) throw error;
  }
}

const isPlain = (part: readonly Sign[]) => part.every((sign) => sign.kind === "text" && sign.text.length === 1);
const textOf = (sign: Sign) => (sign.kind === "text" ? sign.text : "");

function countChoices(pattern: string): number {
  let count = 1;
  for (const [, inside] of pattern.matchAll(/\{([^{}]*)\}/g)) count *= inside!.split(",").length;
  return count;
}

/** Every pattern that the braces stand for. */
function choices(pattern: string): string[] {
  const [all, before, inside, after] = /^([^{]*)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (all === undefined) return [pattern];
  const rest = choices(after!);
  return inside!.split(",").flatMap((one) => rest.map((end) => `${before}${one}${end}`));
}

function signsOf(part: string): Sign[] {
  const signs: Sign[] = [];
  for (let at = 0; at < part.length; at += 1) {
    const letter = part[at]!;
    const end = letter === "[" ? part.indexOf("]", at + (/[!^]/.test(part[at + 1] ?? "") ? 3 : 2)) : -1;
    if (letter === "*") signs.push({ kind: "many" });
    else if (letter === "?") signs.push({ kind: "any" });
    else if (end > 0) {
      const isNot = /[!^]/.test(part[at + 1]!);
      signs.push({ kind: isNot ? "not" : "text", text: lettersOf(part.slice(at + (isNot ? 2 : 1), end)) });
      at = end;
    } else signs.push({ kind: "text", text: letter });
  }
  return signs;
}

/** Of a class like `a-z_`, every letter. Ranges are ASCII. */
function lettersOf(text: string): string {
  return text.replace(/([!-~])-([!-~])/g, (_, from: string, to: string) => {
    const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
    return String.fromCharCode(...Array.from({ length: Math.max(0, last - first + 1) }, (__, n) => first + n));
  });
}

const fits = (signs: readonly Sign[], name: string) =>
  fitsStars(signs, name, { isStar: ({ kind }) => kind === "many", fits: fitsLetter });

function fitsLetter(sign: Sign, letter: string): boolean {
  if (sign.kind === "text") return sign.text.includes(letter);
  return sign.kind === "any" || (sign.kind === "not" && !sign.text.includes(letter));
}
