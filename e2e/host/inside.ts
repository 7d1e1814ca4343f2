/** Boots a test host, runs one command in it from the repository's folder, ends the host, and ends as the command did. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { bootHost, endHost } from "./host.ts";

const REPORT = "--outputFile.json=";
const root = path.dirname(path.dirname(import.meta.dirname));
const state = path.join(os.tmpdir(), "trihelm-test-inside");

const host = await bootHost(state);
// /tmp is another one in there: a report is written where both see it, and moved.
const report = process.argv.find((word) => word.startsWith(REPORT))?.slice(REPORT.length);
const shared = path.join(host.share, "report.json");
const argv = process.argv.slice(2).map((word) => (word.startsWith(REPORT) ? REPORT + shared : word));
const child = host.spawn(["env", "-C", root, ...argv], { env: { TRIHELM_TEST_HOST: "1" } });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
const code = await new Promise<number>((resolve) => child.on("exit", (status) => resolve(status ?? 1)));
if (report && fs.existsSync(shared)) fs.copyFileSync(shared, report);
await endHost(state);
process.exit(code);
