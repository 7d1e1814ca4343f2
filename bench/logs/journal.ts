/** The journal: 300,000 entries of one unit. Needs systemd as the machine's init and root; on the test host it has both. */
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import { ratio, timed } from "./against.ts";

const ENTRIES = 300_000;
const UNIT = "trihelm-bench-journal.service";
const SCRIPT = `const f = "abcdefghijklmnopqrstuvwxyz ".repeat(3); let i = 0;
const step = () => { for (let n = 0; n < 1000 && i < ${ENTRIES}; n++) console.log("INFO " + i++ + " " + f); if (i < ${ENTRIES}) setImmediate(step); };
step();`;

export async function journal(): Promise<Figure[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  const script = path.join(folder, "print.js");
  fs.writeFileSync(script, SCRIPT);
  const settings = ["--property=LogRateLimitIntervalSec=0", "--property=RemainAfterExit=yes", `--unit=${UNIT}`];
  execFileSync("systemd-run", ["--quiet", ...settings, process.execPath, script]);
  const count = () => Number(execFileSync("sh", ["-c", `journalctl -q -o cat _SYSTEMD_UNIT=${UNIT} | wc -l`]));
  for (let tries = 0; tries < 300 && count() < ENTRIES; tries += 1) await sleep(1000);
  const server = spawn(process.execPath, [path.join(import.meta.dirname, "server.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TRIHELM_LOG_LEVEL: "silent" },
  });
  try {
    const port = await new Promise<string>((resolve) => server.stdout.once("data", (data) => resolve(String(data))));
    const url = `http://127.0.0.1:${port.trim()}/api/v1/services/local/systemd/${UNIT}/logs`;
    const all = await ratio(`${url}?tail=all`, ["journalctl", "-o", "json", "-u", UNIT], null);
    const first: number[] = [];
    for (let n = 0; n < 5; n += 1) first.push((await timed(`${url}?tail=500`)).whole);
    return [
      { what: "300,000 entries of the journal", bound: 0.5, ...all },
      {
        what: "the newest 500 of them",
        value: first.sort((a, b) => a - b)[2] ?? Number.NaN,
        unit: "ms",
        bound: 100,
        against: "a process of journalctl each",
      },
    ];
  } finally {
    server.kill();
    execFileSync("systemctl", ["stop", UNIT]);
    fs.rmSync(folder, { recursive: true });
  }
}
