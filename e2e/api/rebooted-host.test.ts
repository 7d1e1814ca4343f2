/** The machine restarts: Trihelm says so, tells what started with it, and takes nothing of it for a crash. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { bootHost, endHost, type TestHost } from "../host/host.ts";
import { bearer, makeAccounts } from "../stage/accounts.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const PORT = 7436;
const url = `http://127.0.0.1:${PORT}`;
const UNIT = "local/systemd/after-boot.service";
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-rebooted-"));
const state = path.join(folder, "host");
/** on the disk that outlives the machine's memory */
const disk = path.join(folder, "disk");
let host: TestHost;
let headers: Record<string, string>;

async function boot(): Promise<void> {
  host = await bootHost(state);
  const data = path.join(host.share, "data");
  if (fs.existsSync(disk)) fs.cpSync(disk, data, { recursive: true });
  host.run(["tee", "/etc/systemd/system/after-boot.service"], {
    input: "[Service]\nExecStart=/bin/sleep infinity\nRestart=always\n",
  });
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", "after-boot.service"]);
  const env = { TRIHELM_DATA_DIR: data };
  if (!fs.existsSync(disk))
    headers = bearer(
      makeAccounts((argv, input = "") =>
        host.run(["env", "-C", root, process.execPath, "scripts/trihelm.ts", ...argv], { env, input }),
      ).admin,
    );
  host.spawn(["env", "-C", root, process.execPath, "scripts/serve.ts"], {
    env: { ...env, TRIHELM_PORT: String(PORT), TRIHELM_LOG_LEVEL: "warn", DOCKER_HOST: "unix:///nowhere" },
    stdio: "ignore",
  });
  await expect.poll(() => answers("/api/health/ready"), { timeout: 30_000 }).toBe(true);
  await expect.poll(async () => (await read<{ state: string }>(`/api/v1/services/${UNIT}`)).state).toBe("running");
}

/** Without a word to anybody, as a power cut. */
async function cut(): Promise<void> {
  fs.cpSync(path.join(host.share, "data"), disk, { recursive: true });
  await endHost(state);
}

async function answers(target: string): Promise<boolean> {
  return fetch(url + target).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function read<T>(target: string): Promise<T> {
  const answer = await fetch(url + target, { headers });
  return (await answer.json()) as T;
}

interface Told {
  kind: string;
  service: string;
  missed?: boolean;
}

afterAll(async () => {
  await endHost(state);
  fs.rmSync(folder, { recursive: true });
}, 30_000);

test("a restart of the machine is told once, and is nobody's crash", { timeout: 120_000 }, async () => {
  await boot();
  const events = () => read<{ items: Told[] }>(`/api/v1/services/${UNIT}/events`);
  const told = async () => (await events()).items.filter(({ kind }) => kind === "rebooted");
  expect(await told()).toEqual([]);
  // what was seen is written a moment later
  await sleep(2000);
  await cut();
  await boot();
  await expect.poll(async () => (await told()).length).toBe(1);
  const [first] = (await events()).items.filter(({ kind }) => kind === "started" || kind === "restarted");
  expect(first).toMatchObject({ missed: true });
  const { items: alerts } = await read<{ items: { service: string | null }[] }>("/api/v1/alerts?state=all");
  expect(alerts.filter(({ service }) => service === UNIT)).toEqual([]);
  await sleep(2000);
  expect(await told()).toHaveLength(1);
});
