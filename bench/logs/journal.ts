/** The journal: 300,000 entries of one unit. Needs systemd as the machine's init and root; on the test host it has both. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import { ratio, timed } from "./against.ts";
import { openApi } from "./api.ts";

const ENTRIES = 300_000;
const UNIT = "trihelm-bench-journal.service";
const SCRIPT = `const f = "abcdefghijklmnopqrstuvwxyz ".repeat(3); let i = 0;
const step = () => { for (let n = 0; n < 1000 && i < ${ENTRIES}; n++) console.log("INFO " + i++ + " " + f); if (i < ${ENTRIES}) setImmediate(step); };
step();`;

export async function journal(): Promise<Figure[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  keepAll();
  const script = path.join(folder, "print.js");
  fs.writeFileSync(script, SCRIPT);
  const settings = ["--property=LogRateLimitIntervalSec=0", "--property=RemainAfterExit=yes", `--unit=${UNIT}`];
  execFileSync("systemd-run", ["--quiet", ...settings, process.execPath, script]);
  const count = () => Number(execFileSync("sh", ["-c", `journalctl -q -o cat _SYSTEMD_UNIT=${UNIT} | wc -l`]));
  for (let tries = 0; tries < 120 && count() < ENTRIES; tries += 1) await sleep(1000);
  if (count() < ENTRIES) throw new Error(`the journal has kept ${count()} of ${ENTRIES} entries`);
  const api = await openApi(folder);
  try {
    const url = `${api.url}/services/local/systemd/${UNIT}/logs`;
    const all = await ratio(api, { url: `${url}?tail=all`, lines: null }, ["journalctl", "-o", "json", "-u", UNIT]);
    const first: number[] = [];
    for (let n = 0; n < 5; n += 1) first.push((await timed(api, `${url}?tail=500`)).whole);
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
    api.close();
    execFileSync("systemctl", ["stop", UNIT]);
    fs.rmSync(folder, { recursive: true });
  }
}

/** What a small machine's journal may take is less than so many entries. */
function keepAll(): void {
  const folder = "/run/systemd/journald.conf.d";
  fs.mkdirSync(folder, { recursive: true });
  fs.mkdirSync("/var/log/journal", { recursive: true });
  const room = ["SystemMaxUse=4G", "SystemKeepFree=1M", "SystemMaxFileSize=1G", "RateLimitIntervalSec=0"];
  fs.writeFileSync(path.join(folder, "bench.conf"), ["[Journal]", "Storage=persistent", ...room, ""].join("\n"));
  execFileSync("systemctl", ["restart", "systemd-journald"]);
}
