// Everything of Trihelm runs on Node 24 (it reads TypeScript as it is). A system's own Node may be older: the lockfile
// carries one for Linux. This file and the ones that the first `node` of a fresh checkout reads run on Node 18 too.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const WANTED = 24;
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const major = () => Number(process.versions.node.split(".")[0]);

/** Whether this very process is new enough. */
export const isModern = () => major() >= WANTED;

/** The path of a Node that is new enough; ends the process with what to do where there is none. */
export function modernNode() {
  if (isModern()) return process.execPath;
  const bundled = path.join(root, "node_modules", ".bin", "node");
  const answer = spawnSync(bundled, ["--version"], { encoding: "utf8" });
  if (answer.status === 0 && Number(answer.stdout.slice(1).split(".")[0]) >= WANTED) return bundled;
  console.error(
    `Trihelm needs Node ${WANTED} or newer, and this is ${process.version}. ` +
      `The Node that comes with the dependencies is for Linux with glibc on x64 and arm64, and this is ${process.platform} on ${process.arch}.\n` +
      `Install Node ${WANTED} (https://nodejs.org, or \`nvm install\` in this folder) and start again.`,
  );
  process.exit(1);
}

/** Runs a script on a modern Node with this terminal, passes signals on, and ends as it ends. */
export function continueOn(node, args, env = process.env) {
  const child = spawn(node, args, { stdio: "inherit", env });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The environment in which `node` and the installed tools are the project's own. */
export function projectEnv(extra = {}) {
  const bin = path.join(root, "node_modules", ".bin");
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, ...extra };
}

/** Whether a module is what `node` was started with, not an import of another. */
export const isMain = (meta) => process.argv[1] === fileURLToPath(meta.url);
