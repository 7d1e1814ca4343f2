/** Which paths belong to a backup: globs as `.gitignore` writes them, without `!`. In time linear in the length of a path. */
import { fitsStars } from "#lib/platform/wildcard.ts";
import { pathOf } from "./tar-name.ts";

export interface PathFilter {
  /** nothing is left out at all */
  isAll: boolean;
  /** Goes into the archive: the path as a manifest writes it, below its root. Folders on the way to what is included do too. */
  takes(path: string, isFolder: boolean): boolean;
  /** Nothing below this folder goes into the archive. */
  prunes(path: string): boolean;
}

/** With includes, what fits one of them or lies below it; of that what fits no exclude and lies below none. */
export function pathFilter(include: readonly string[], exclude: readonly string[]): PathFilter {
  const [wanted, unwanted] = [include.map(globOf), exclude.map(globOf)];
  const isOut = (parts: readonly string[], isFolder: boolean) =>
    unwanted.some((glob) => fitsAny(glob, parts, isFolder));
  const isIn = (parts: readonly string[], isFolder: boolean) =>
    wanted.length === 0 || wanted.some((glob) => fitsAny(glob, parts, isFolder));
  return {
    isAll: wanted.length === 0 && unwanted.length === 0,
    takes: (path, isFolder) => {
      if (path === ".") return true;
      const parts = path.split("/");
      if (isOut(parts, isFolder)) return false;
      return isIn(parts, isFolder) || (isFolder && wanted.some((glob) => mayHold(glob, parts)));
    },
    prunes: (path) => {
      if (path === ".") return false;
      const parts = path.split("/");
      return isOut(parts, true) || !(isIn(parts, true) || wanted.some((glob) => mayHold(glob, parts)));
    },
  };
}

/** The pattern that fits this path below the root and nothing else, whatever signs are in it. */
export function literalPattern(relative: string): string {
  return `/${pathOf(Buffer.from(relative))
    .replace(/[\\*?[\]]/g, "\\$&")
    .replaceAll(" ", "[ ]")}`;
}

/** null: `**`, folders at any depth */
type Part = readonly string[] | null;

interface Glob {
  /** a slash before or within it ties it to the root; else it may stand at any depth */
  parts: readonly Part[];
  folders: boolean;
}

function globOf(pattern: string): Glob {
  const trimmed = pattern.trim().replace(/\/+$/, "");
  const isTied = trimmed.includes("/");
  const names = trimmed.split("/").filter((part) => part !== "" && part !== ".");
  const parts = names.map((name) => (name === "**" ? null : signsOf(name)));
  return { parts: isTied ? parts : [null, ...parts], folders: /\/\s*$/.test(pattern) };
}

/** Letters, with `*`, `?` and classes `[a-z]` kept as they are written; a backslash takes the meaning of the next one. */
function signsOf(name: string): string[] {
  return name.match(/\\.|\[[!^]?\]?[^\]]*\]|./gsu) ?? [];
}

/** The path itself, or a folder that it lies in: in one walk, as if the pattern went on with any depth below it. */
function fitsAny({ parts, folders }: Glob, path: readonly string[], isFolder: boolean): boolean {
  const whole = folders && !isFolder ? [...parts, ["*"], null] : [...parts, null];
  return fitsStars<Part>(whole, path, {
    isStar: (part) => part === null,
    fits: (part, name) => part !== null && fitsName(part, name),
  });
}

/** Something below this folder may fit: as far as both reach they agree. */
function mayHold({ parts }: Glob, folder: readonly string[]): boolean {
  const until = parts.indexOf(null);
  const fixed = until < 0 ? parts : parts.slice(0, until);
  if (until < 0 && folder.length >= parts.length) return false;
  return fixed.every((part, n) => n >= folder.length || (part !== null && fitsName(part, folder[n]!)));
}

function fitsName(signs: readonly string[], name: string): boolean {
  return fitsStars(signs, [...name], { isStar: (sign) => sign === "*", fits: fitsLetter });
}

function fitsLetter(sign: string, letter: string): boolean {
  if (sign === "?") return true;
  if (sign.length > 1 && sign.startsWith("\\")) return sign.slice(1) === letter;
  if (sign.length < 3 || !sign.startsWith("[")) return sign === letter;
  const isNot = /^\[[!^]/.test(sign);
  const inside = [...sign.slice(isNot ? 2 : 1, -1)];
  const isThere = inside.some((one, n) => {
    const [from, to] = [inside[n - 1], inside[n + 1]];
    return one === "-" && from && to ? from <= letter && letter <= to : one === letter;
  });
  return isThere !== isNot;
}
