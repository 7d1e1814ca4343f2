/**
 * Runs the groups that were named, or all, and closes with `N passed, N failed, N skipped` alone on a line. What this
 * machine cannot run is skipped and says why; with CI=true that is a failure.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureClient } from "../build.mjs";
import { endDocker, prepare } from "./components.ts";
import { type Counts, closingLine, countsOf, failuresOf } from "./counts.ts";
import { GROUPS, type Group, root } from "./groups.ts";

const named = process.argv.slice(2);
const unknown = named.filter((name) => !GROUPS.some((group) => group.name === name));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(", ")}. There are ${GROUPS.map((group) => group.name).join(", ")}.`);
  process.exit(2);
}

const strict = process.env.CI === "true" || process.env.CI === "1";
const groups = GROUPS.filter((group) => named.length === 0 || named.includes(group.name));
const reports = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-reports-"));
const results: { group: Group; counts: Counts; seconds: number; why: string | null }[] = [];
const failures: string[] = [];
let running: ReturnType<typeof spawn> | null = null;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    running?.kill(signal);
    endDocker();
    process.exit(1);
  });

// Types, dead code and units all look at the generated client.
ensureClient(console.log);
const cheap = groups.filter((group) => group.needs.length === 0);
const dear = groups.filter((group) => group.needs.length > 0);
for (const group of cheap) await runGroup(group);
const states = dear.length > 0 ? await prepare(new Set(dear.flatMap((group) => group.needs))) : new Map();
for (const group of dear) {
  const why = group.needs.map((component) => states.get(component)).find((state) => state != null) ?? null;
  if (why === null) await runGroup(group);
  else {
    console.log(`\n── ${group.name}: ${strict ? "cannot run" : "skipped"}, ${why}`);
    const counts = { passed: 0, failed: strict ? 1 : 0, skipped: strict ? 0 : 1 };
    results.push({ group, counts, seconds: 0, why });
  }
}
endDocker();
fs.rmSync(reports, { recursive: true });
summarise();

async function runGroup(group: Group): Promise<void> {
  console.log(`\n── ${group.name}: ${group.says}`);
  const start = Date.now();
  const file = path.join(reports, `${group.name}.json`);
  const exitCode = await runTool([...group.argv, ...reporters(group, file)], file);
  const counts = countsOf(group, file, exitCode);
  failures.push(...failuresOf(group, file).map((text) => `${group.name}: ${text}`));
  results.push({ group, counts, seconds: (Date.now() - start) / 1000, why: null });
}

function reporters(group: Group, file: string): string[] {
  if (group.report === "vitest") return ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  return group.report === "playwright" ? ["--reporter=list,json"] : [];
}

function runTool([command = "", ...args]: string[], report: string): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, NEXT_TELEMETRY_DISABLED: "1" };
    running = spawn(command, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    running.on("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    running.on("exit", (code) => resolve(code ?? 1));
  });
}

/** What failed is said once more at the end: of a long run, often only the end is kept. */
function summarise(): void {
  for (const text of failures) console.log(`\n✗ ${text}`);
  console.log("");
  for (const { group, counts, seconds, why } of results) {
    const numbers = closingLine([counts]);
    console.log(`${group.name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${why ?? numbers}`);
  }
  const total = closingLine(results.map(({ counts }) => counts));
  console.log(`\n${total}`);
  process.exitCode = results.some(({ counts }) => counts.failed > 0) ? 1 : 0;
}
