import fs from "node:fs";
import path from "node:path";

export const root = path.dirname(path.dirname(import.meta.dirname));

/** path from the root, with forward slashes → text */
export type Sources = ReadonlyMap<string, string>;

const SKIPPED = /^(node_modules|\.next|\.git|data|test-results|playwright-report|lib\/db\/generated)$/;
const TEXT = /\.(ts|tsx|mjs|cjs|js|css|json|md|sh|yaml|yml|conf|service|rules|prisma|sql|example)$|^(Dockerfile|run)$/;

/** Every text file that belongs to the project, read whole. */
export function readSources(folder = ""): Sources {
  const found = new Map<string, string>();
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (SKIPPED.test(name) || entry.name.endsWith(".tsbuildinfo") || name === "package-lock.json") continue;
    if (entry.isDirectory()) for (const [inner, text] of readSources(name)) found.set(inner, text);
    else if (entry.isFile() && TEXT.test(entry.name)) found.set(name, fs.readFileSync(path.join(root, name), "utf8"));
  }
  return found;
}

/** Prints what a check found and ends the process accordingly. */
export function report(title: string, problems: readonly string[]): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) console.error(`\n${title}: ${problems.length} to mend`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
