// `npm run build`: builds when the sources differ from those of the last finished build, in seconds to nothing otherwise.
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { continueOn, isMain, isModern, modernNode, projectEnv, root } from "./node24.mjs";
import { finishStandalone, SCRIPTS } from "./standalone.mjs";

const CLIENT = "lib/db/generated";
const CLIENT_STAMP = `${CLIENT}/schema.sha256`;
const BUILD_STAMP = ".next/finished.sha256";
const SOURCES = ["app", "components", "lib", "public", "prisma", ...SCRIPTS.map((name) => `scripts/${name}`)];
const SETTINGS = [
  "instrumentation.ts",
  "instrumentation-client.ts",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package.json",
  "scripts/standalone.mjs",
];
const NOT_BUILT = /\.test\.tsx?$|-rig\.ts$|\/fixtures\/|^lib\/db\/generated\//;

/** Generates the database client from the schema, if the schema is another one. */
export function ensureClient(say) {
  const want = digest(["prisma/schema.prisma", "package-lock.json"]);
  if (stamped(CLIENT_STAMP) === want) return;
  say("Generating the database client …");
  run("The database client could not be generated", process.execPath, ["scripts/prisma.mjs", "generate"]);
  fs.writeFileSync(path.join(root, CLIENT_STAMP), want);
}

/** Builds the pages and the server into `.next/standalone`, if they are not of these sources. */
export function ensureBuild(say) {
  ensureClient(say);
  const want = digest([...SOURCES.flatMap(filesUnder), ...SETTINGS, "package-lock.json"]);
  if (stamped(BUILD_STAMP) === want) return;
  say("Building (under a minute) …");
  // The stamp goes first and comes last: an interrupted build is not taken for a finished one.
  fs.rmSync(path.join(root, BUILD_STAMP), { force: true });
  fs.rmSync(path.join(root, ".next/standalone"), { recursive: true, force: true });
  run("The build failed", process.execPath, ["node_modules/next/dist/bin/next", "build"]);
  finishStandalone();
  fs.writeFileSync(path.join(root, BUILD_STAMP), want);
}

function run(failure, command, args) {
  const env = projectEnv({ NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" });
  const done = spawnSync(command, args, { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status === 0) return;
  console.error(
    `${done.stdout ?? ""}${done.stderr ?? ""}${failure} (${done.error?.message ?? done.status ?? done.signal}).`,
  );
  process.exit(1);
}

function stamped(file) {
  const full = path.join(root, file);
  return fs.existsSync(full) ? fs.readFileSync(full, "utf8") : null;
}

function digest(files) {
  const hash = crypto.createHash("sha256").update(process.versions.modules);
  for (const file of files.sort()) {
    const full = path.join(root, file);
    if (fs.existsSync(full)) hash.update(`\0${file}\0`).update(fs.readFileSync(full));
  }
  return hash.digest("hex");
}

function filesUnder(entry) {
  const full = path.join(root, entry);
  if (!fs.existsSync(full)) return [];
  if (fs.statSync(full).isFile()) return [entry];
  return fs
    .readdirSync(full, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile())
    .map((file) => path.relative(root, path.join(file.parentPath ?? file.path, file.name)))
    .filter((file) => !NOT_BUILT.test(file));
}

if (isMain(import.meta)) {
  const say = (line) => console.error(line);
  if (!isModern()) {
    ensureDependencies(say);
    continueOn(modernNode(), [process.argv[1]]);
  } else ensureBuild(say);
}
