/** What the logs are read from: a container with a million lines, fifty that go on printing, and a PM2 app with a large file. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createPm2Rig, type Pm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import { makeImage } from "../../e2e/host/image.ts";

export const LINES = 1_000_000;
export const BUSY = 50;
export const LARGE = 1024 * 1024 * 1024;
const IMAGE = "trihelm-bench/logs:1";
const LABEL = "trihelm.bench=logs";
const FILLING = "abcdefghijklmnopqrstuvwxyz ".repeat(4).slice(0, 80);

export interface Load {
  million: string;
  pm2: Pm2Rig;
  /** of the app `large` */
  largeFile: string;
}

export async function openLoad(state: string): Promise<Load> {
  closeContainers();
  fs.mkdirSync(state, { recursive: true });
  makeImage(state, [IMAGE], {});
  const million = "bench-logs-million";
  const print = `i=0; while [ $i -lt ${LINES} ]; do echo "INFO $i ${FILLING}"; i=$((i+1)); [ $i = 400000 ] && echo "the needle in it"; done`;
  start(million, print);
  const pm2 = createPm2Rig();
  const largeFile = path.join(pm2.home, "large.log");
  writeLarge(largeFile);
  await pm2.start([pm2.app, "--name", "large", "--output", largeFile, "--error", "/dev/null"]);
  while (docker("inspect", "--format", "{{.State.Status}}", million) === "running") await sleep(500);
  return { million, pm2, largeFile };
}

/** Containers that print so many lines a second each, from now on. */
export function startBusy(count: number, rate: number): string[] {
  const script = `i=0; while :; do n=0; while [ $n -lt ${rate / 20} ]; do echo "$i ${FILLING}"; i=$((i+1)); n=$((n+1)); done; sleep 0.05; done`;
  return Array.from({ length: count }, (_, n) => start(`bench-logs-busy-${rate}-${n}`, script));
}

export function stop(names: readonly string[]): void {
  docker("rm", "--force", ...names);
}

export async function closeLoad({ pm2 }: Pick<Load, "pm2">): Promise<void> {
  await pm2.close();
  closeContainers();
  execFileSync("docker", ["rmi", "-f", IMAGE], { stdio: "ignore" });
}

function start(name: string, script: string): string {
  docker("run", "--detach", "--network", "none", "--name", name, "--label", LABEL, IMAGE, "sh", "-c", script);
  return name;
}

function docker(...argv: string[]): string {
  return execFileSync("docker", argv, { encoding: "utf8", maxBuffer: 1 << 30 }).trim();
}

function closeContainers(): void {
  const left = docker("ps", "-aq", "--filter", `label=${LABEL}`).split("\n").filter(Boolean);
  if (left.length > 0) docker("rm", "--force", ...left);
}

function writeLarge(file: string): void {
  const target = fs.openSync(file, "w");
  let at = Date.UTC(2026, 0, 1);
  for (let size = 0, n = 0; size < LARGE; ) {
    let block = "";
    while (block.length < 4 * 1024 * 1024) {
      block += `${new Date(at).toISOString()} INFO ${n} ${FILLING}\n`;
      if (n === 4_000_000) block += "the needle in it\n";
      at += 20;
      n += 1;
    }
    size += fs.writeSync(target, block);
  }
  fs.closeSync(target);
}
