// What `next build` leaves in `.next/standalone`, made whole and lean: it runs alone, in a folder with nothing above it.
import fs from "node:fs";
import path from "node:path";
import { root } from "./node24.mjs";

const TARGET = path.join(root, ".next/standalone");
const KEPT = [".next", "lib", "node_modules", "package.json", "prisma", "scripts", "server.js"];
// The launcher and the command line.
export const SCRIPTS = ["accounts.ts", "configuration.ts", "doctor.ts", "read-password.ts", "serve.ts", "trihelm.ts"];
// Tracing keeps what the bundles require; lib, run as it is by the command line, imports the same packages as modules.
const WHOLE = ["@hono/zod-openapi", "@prisma/adapter-better-sqlite3", "better-call", "execa", "hono", "pino", "zod"];
// Image scaling is off, and compilers have done their work.
const UNUSED = ["@img", "sharp", "typescript", "pm2"];
const NOT_RUN = /\.(map|md|d\.[mc]?ts)$|\.test\.tsx?$|\/fixtures(\/|$)|\/contract\.ts$|-rig\.ts$/;

/** Adds the static files and the packages that are run as they are, and removes what nothing runs. */
export function finishStandalone() {
  for (const entry of fs.readdirSync(TARGET)) if (!KEPT.includes(entry)) remove(entry);
  for (const entry of fs.readdirSync(path.join(TARGET, "scripts")))
    if (!SCRIPTS.includes(entry)) remove(`scripts/${entry}`);
  for (const name of UNUSED) remove(`node_modules/${name}`);
  for (const name of closure(WHOLE)) copy(`node_modules/${name}`, `node_modules/${name}`);
  for (const entry of fs.readdirSync(path.join(TARGET, "lib"), { recursive: true }))
    if (NOT_RUN.test(`/${entry}`)) remove(`lib/${entry}`);
  copy(".next/static", ".next/static");
  copy("public", "public");
}

function remove(entry) {
  fs.rmSync(path.join(TARGET, entry), { recursive: true, force: true });
}

function copy(from, to) {
  const source = path.join(root, from);
  if (!fs.existsSync(source)) return;
  const filter = (file) => !NOT_RUN.test(file.slice(source.length));
  fs.cpSync(source, path.join(TARGET, to), { recursive: true, verbatimSymlinks: true, filter });
}

/** The packages and all that they depend on, as the flat tree has them; the native one is traced well. */
function closure(names, seen = new Set()) {
  for (const name of names) {
    const manifest = path.join(root, "node_modules", name, "package.json");
    if (seen.has(name) || name === "better-sqlite3" || !fs.existsSync(manifest)) continue;
    seen.add(name);
    closure(Object.keys(JSON.parse(fs.readFileSync(manifest, "utf8")).dependencies ?? {}), seen);
  }
  return seen;
}
