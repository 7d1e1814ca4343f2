import path from "node:path";
import type { Sources } from "./sources.ts";

export interface Import {
  from: string;
  /** a file of the project, or a package's name (`node:fs`, `@hono/zod-openapi`) */
  to: string;
  inside: boolean;
  /** nothing of it is left when the types are gone */
  typeOnly: boolean;
}

// The formatter keeps statements in one shape, so a pattern reads them as well as a parser would.
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:([\w*${},\s]+?)\s+from\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*(?:\/\*.*?\*\/\s*)?["']([^"']+)["']\s*\)/g;

/** What each TypeScript file of the project imports. */
export function importsOf(sources: Sources): Import[] {
  const found: Import[] = [];
  for (const [from, text] of sources) {
    if (!/\.(tsx?|mjs)$/.test(from)) continue;
    for (const [, type, names, target] of text.matchAll(STATEMENT)) {
      const typeOnly = type !== undefined || everyNameIsType(names);
      found.push({ from, typeOnly, ...resolve(from, target as string, sources) });
    }
    for (const [, target] of text.matchAll(DYNAMIC))
      found.push({ from, typeOnly: false, ...resolve(from, target as string, sources) });
  }
  return found;
}

function everyNameIsType(names: string | undefined): boolean {
  const inner = names?.match(/^\{([^}]*)\}$/)?.[1];
  const each = inner
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return each !== undefined && each.length > 0 && each.every((name) => name.startsWith("type "));
}

function resolve(from: string, target: string, sources: Sources): { to: string; inside: boolean } {
  let file: string | null = null;
  if (target.startsWith("#lib/")) file = target.slice(1);
  else if (target.startsWith("@/")) file = target.slice(2);
  else if (target.startsWith(".")) file = path.posix.join(path.posix.dirname(from), target);
  if (file === null) return { to: packageOf(target), inside: false };
  const whole = ["", ".ts", ".tsx"].map((ending) => file + ending).find((name) => sources.has(name));
  return { to: whole ?? file, inside: true };
}

function packageOf(target: string): string {
  const [first = "", second] = target.split("/");
  return first.startsWith("@") && second ? `${first}/${second}` : first;
}
