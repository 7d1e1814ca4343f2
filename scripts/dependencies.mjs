// The installed tree against the lockfile. Runs on Node 18 too.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { root } from "./node24.mjs";

/** Installs what the lockfile names, unless it is there. `say` gets a line when there is something to wait for. */
export function ensureDependencies(say) {
  const stale = staleness();
  if (!stale) return;
  say(`Getting dependencies (${stale}) …`);
  // Nothing in the tree needs an install script, and none gets to run.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  // Not by a PATH that begins with the folder which npm is about to empty.
  const env = { ...process.env, PATH: withoutProject(process.env.PATH ?? "") };
  const run = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ["ignore", 2, 2], env })
    : spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], env });
  if (run.status === 0 && !staleness()) return;
  const why = run.error?.message ?? staleness() ?? `npm ended with ${run.status ?? run.signal}`;
  console.error(
    `The dependencies could not be installed: ${why}. Trihelm needs the npm registry once, for \`npm ci\`.`,
  );
  process.exit(1);
}

/** Why the installed tree is not the lockfile's; null when it is. npm writes its own record last, so half is none. */
export function staleness() {
  const installed = packagesOf(path.join(root, "node_modules", ".package-lock.json"));
  if (!installed) return "none installed";
  const locked = packagesOf(path.join(root, "package-lock.json"));
  if (!locked) return "no lockfile";
  for (const [name, entry] of Object.entries(locked)) {
    if (name === "" || (entry.optional && !installed[name])) continue;
    if (installed[name]?.version !== entry.version) return `${name.replace(/^.*node_modules\//, "")} differs`;
  }
  return null;
}

function packagesOf(file) {
  if (!fs.existsSync(file)) return null;
  return JSON.parse(fs.readFileSync(file, "utf8")).packages;
}

function withoutProject(searchPath) {
  const own = path.join(root, "node_modules");
  return searchPath
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(own))
    .join(path.delimiter);
}
