import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeAccounts, saveSignIn } from "../stage/accounts.ts";
import { baseImage, OWN_BASE } from "./base-image.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
export const NAME = "trihelm-test-smoke";
export const IMAGE = "trihelm-test/trihelm:smoke";
const PORT = 7444;
export const url = `http://127.0.0.1:${PORT}`;
/** the admin's cookie, for browsers to start from */
export const signedIn = path.join(os.tmpdir(), `${NAME}.json`);
const LABEL = "trihelm.test=1";

/** Builds the image as anybody would, and runs it confined as compose.yaml does. Gives what takes it away again. */
export default async function imageSetup(): Promise<() => void> {
  removeSmoke();
  process.env.TRIHELM_SMOKE_BASE = baseImage();
  const build = [
    "build",
    "--network=host",
    "--label",
    LABEL,
    "--build-arg",
    `NODE_IMAGE=${process.env.TRIHELM_SMOKE_BASE}`,
  ];
  execFileSync("docker", [...build, "-t", IMAGE, root], { stdio: ["ignore", "ignore", "inherit"] });
  docker("volume", "create", "--label", LABEL, NAME);
  const confined = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"];
  const socket = "/var/run/docker.sock";
  const engine = ["-v", `${socket}:${socket}`, "--group-add", String(fs.statSync(socket).gid)];
  const places = ["-v", `${NAME}:/data`, "-p", `127.0.0.1:${PORT}:7420`];
  docker("run", "-d", "--name", NAME, "--label", LABEL, ...confined, ...engine, ...places, IMAGE);
  await untilReady();
  makeAccounts(trihelm);
  await saveSignIn(url, "admin", signedIn);
  return removeSmoke;
}

/** Calls the engine's command line and gives what it prints. */
export function docker(...argv: string[]): string {
  return execFileSync("docker", argv, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** The image's own command line, beside its server. */
function trihelm(argv: readonly string[], input = ""): string {
  const command = ["exec", "-i", NAME, "node", "scripts/trihelm.ts", ...argv];
  return execFileSync("docker", command, { encoding: "utf8", input });
}

function removeSmoke(): void {
  fs.rmSync(signedIn, { force: true });
  for (const argv of [
    ["rm", "-f", "-v", NAME],
    ["volume", "rm", "-f", NAME],
    ["rmi", "-f", IMAGE],
  ])
    spawnSync("docker", argv, { stdio: "ignore" });
  const nameless = docker("images", "-q", "--no-trunc", "--filter", "dangling=true").split("\n").filter(Boolean);
  const base = spawnSync("docker", ["image", "inspect", "--format", "{{.Id}}", OWN_BASE], { encoding: "utf8" });
  const ours = nameless.filter((id) => base.status === 0 && descendsFrom(id, base.stdout.trim()));
  spawnSync("docker", ["rmi", "-f", ...ours, OWN_BASE], { stdio: "ignore" });
}

/** The classic builder leaves the stage that compiled as an image without a name; only those of our own base are ours. */
function descendsFrom(id: string, base: string): boolean {
  if (id === base) return true;
  const asked = spawnSync("docker", ["image", "inspect", "--format", "{{.Parent}}", id], { encoding: "utf8" });
  const parent = asked.stdout.trim();
  return asked.status === 0 && parent !== "" && descendsFrom(parent, base);
}

async function untilReady(): Promise<void> {
  for (let i = 0; i < 150; i++) {
    const answer = await fetch(`${url}/api/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error(`the container is not ready:\n${docker("logs", "--tail", "40", NAME)}`);
}
