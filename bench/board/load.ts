/** The server that the board is measured on: 200 containers, 100 units and 20 PM2 apps on the test host. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { bootHost, endHost, type TestHost } from "../../e2e/host/host.ts";
import { makeImage } from "../../e2e/host/image.ts";
import { descendants, processesWith } from "../processes.ts";

export const CONTAINERS = 200;
export const UNITS = 100;
export const APPS = 20;
export const IMAGE = "trihelm-bench/idle:1";
export const LABEL = "trihelm.bench=1";
const PM2_HOME = "/root/.pm2-bench";
const AT_ONCE = 20;
/** milliseconds */
const REMOVED = 120_000;

export interface Load {
  host: TestHost;
  pm2Home: string;
  pm2(...argv: string[]): string;
}

/** Boots it all, has work done there, and removes it; takes two or three minutes besides. */
export async function withLoad<T>(work: (load: Load) => Promise<T>): Promise<T> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  try {
    return await work(await openLoad(state));
  } finally {
    // an engine that hangs at the end takes no figure with it
    await closeLoad(state).catch((error: unknown) => console.error(`the load was not removed: ${String(error)}`));
    fs.rmSync(state, { recursive: true, force: true });
  }
}

async function openLoad(state: string): Promise<Load> {
  removeContainers();
  fs.mkdirSync(state, { recursive: true });
  makeImage(state, [IMAGE], {});
  const host = await bootHost(state);
  const pm2 = (...argv: string[]) => host.run(["pm2", ...argv], { env: { PM2_HOME, PM2_DISCRETE_MODE: "true" } });
  startUnits(host);
  startApps(host, pm2);
  startContainers();
  return { host, pm2Home: PM2_HOME, pm2 };
}

async function closeLoad(state: string): Promise<void> {
  await endHost(state);
  removeContainers();
  execFileSync("docker", ["rmi", "-f", IMAGE], { stdio: "ignore" });
}

/** The tools whose work one refresh of the board replaces. */
export function nativeTools(load: Load): void {
  execFileSync("docker", ["ps", "-a"], { stdio: "pipe" });
  load.host.run(["systemctl", "show", "*.service"]);
  load.pm2("jlist");
}

/** dockerd and containerd outside; systemd, D-Bus and the PM2 daemon inside the host. */
export function daemonsOf({ host }: Load): number[] {
  const leader = Number(fs.readFileSync(path.join(path.dirname(host.share), "leader"), "utf8").split(" ")[0]);
  const inside = new Set(descendants(leader));
  const within = (...words: string[]) => processesWith(...words).filter((pid) => inside.has(pid));
  const engine = [...processesWith("dockerd"), ...processesWith("containerd")].filter((pid) => !inside.has(pid));
  const shims = new Set(processesWith("containerd-shim"));
  return [leader, ...within("dbus-daemon"), ...within("God Daemon"), ...engine.filter((pid) => !shims.has(pid))];
}

function startUnits(host: TestHost): void {
  const unit = "[Unit]\nDescription=Bench unit %i\n[Service]\nExecStart=/bin/sleep infinity\nRestart=always\n";
  host.run(["tee", "/etc/systemd/system/bench@.service"], { input: unit });
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", ...Array.from({ length: UNITS }, (_, n) => `bench@${n}.service`)]);
}

function startApps(host: TestHost, pm2: Load["pm2"]): void {
  const script = path.join(host.share, "idle.cjs");
  fs.writeFileSync(script, "setInterval(() => {}, 60000);\n");
  const apps = Array.from({ length: APPS }, (_, n) => ({ name: `bench-${n}`, script }));
  const file = path.join(host.share, "bench.json");
  fs.writeFileSync(file, JSON.stringify({ apps }));
  pm2("start", file);
}

function startContainers(): void {
  for (let n = 0; n < CONTAINERS; n += 1)
    execFileSync(
      "docker",
      [
        "run",
        "-d",
        "--label",
        LABEL,
        "--network=none",
        "--memory=64m",
        "--name",
        `bench-${n}`,
        IMAGE,
        "/bin/sleep",
        "100000",
      ],
      {
        stdio: "pipe",
      },
    );
}

function removeContainers(): void {
  const ids = execFileSync("docker", ["ps", "-aq", "--filter", `label=${LABEL}`], { encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
  // all at once have brought an engine to a standstill
  for (let at = 0; at < ids.length; at += AT_ONCE)
    execFileSync("docker", ["rm", "-f", ...ids.slice(at, at + AT_ONCE)], { stdio: "pipe", timeout: REMOVED });
}
