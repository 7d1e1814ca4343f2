/** Containers that print for a page to show. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { makeImage } from "../../e2e/host/image.ts";

const IMAGE = "trihelm-bench/page:1";
const LABEL = "trihelm.bench=page";
const FILLING = "abcdefghijklmnopqrstuvwxyz ".repeat(4).slice(0, 60);

export function openWriters(state: string): void {
  stopWriters();
  makeImage(state, [IMAGE], {});
}

export function closeWriters(): void {
  stopWriters();
  execFileSync("docker", ["rmi", "-f", IMAGE], { stdio: "ignore" });
}

/** Starts containers that print numbered lines, so many a second each, until they are stopped. Gives their names. */
export function startWriters(count: number, rate: number): string[] {
  // one process each that starts no others: what the writers cost is not what is measured
  const turn = `let s="";for(let n=0;n<${rate / 20};n++)s+=(i++)+" ${FILLING}\\n";process.stdout.write(s)`;
  const names = Array.from({ length: count }, (_, n) => `bench-page-${rate}-${n}`);
  for (const name of names) start(name, ["node", "-e", `let i=0;setInterval(()=>{${turn}},50)`]);
  return names;
}

/** A container that has printed so many lines and is at its end. */
export async function printed(lines: number): Promise<string> {
  const name = "bench-page-printed";
  const program = `let n=0;(function more(){let s="";for(let i=0;i<5000&&n<${lines};i++)s+="INFO "+(n++)+" ${FILLING}\\n";if(s)process.stdout.write(s,more)})()`;
  start(name, ["node", "-e", program]);
  while (docker("inspect", "--format", "{{.State.Status}}", name) === "running") await sleep(500);
  return name;
}

export function stopWriters(): void {
  const left = docker("ps", "-aq", "--filter", `label=${LABEL}`).split("\n").filter(Boolean);
  if (left.length > 0) docker("rm", "--force", ...left);
}

function start(name: string, argv: readonly string[]): void {
  docker("run", "--detach", "--network", "none", "--name", name, "--label", LABEL, IMAGE, ...argv);
}

function docker(...argv: string[]): string {
  return execFileSync("docker", argv, { encoding: "utf8" }).trim();
}
