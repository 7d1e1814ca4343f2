/** For tests only: real containers on a real engine, made and read back with the docker command line. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { sleep } from "#lib/platform/clock.ts";
import type { Rig } from "../contract.ts";
import { createDocker } from "./adapter.ts";

const exec = promisify(execFile);
const LABEL = "trihelm.test=1";
/** a million lines of a log */
const MOST_SAID = 256 * 1024 * 1024;
const BUSYBOX = "/bin/busybox";
const APPLETS = "sh sleep echo cat head tail tr true false printf seq kill dd yes".split(" ");

export type Cli = (...args: string[]) => Promise<string>;

/** The docker command line against one engine; gives what it printed. */
export function cliOf(endpoint: string): Cli {
  return async (...args) => {
    const { stdout } = await exec("docker", args, {
      env: { ...process.env, DOCKER_HOST: endpoint },
      maxBuffer: MOST_SAID,
    });
    return stdout.trim();
  };
}

/** An image of one static busybox (Debian: busybox-static), made without any registry. */
export async function makeImage(docker: Cli, name: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-image-"));
  try {
    fs.mkdirSync(path.join(folder, "root", "bin"), { recursive: true });
    fs.mkdirSync(path.join(folder, "root", "tmp"));
    fs.copyFileSync(BUSYBOX, path.join(folder, "root", "bin", "busybox"));
    for (const applet of APPLETS) fs.symlinkSync("busybox", path.join(folder, "root", "bin", applet));
    await exec("tar", ["-C", path.join(folder, "root"), "-cf", path.join(folder, "image.tar"), "."]);
    await docker("import", path.join(folder, "image.tar"), name);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** A rig on the engine behind `endpoint`; `prefix` keeps its containers apart from everybody else's. */
export async function openRig(endpoint: string, prefix: string, daemon?: Rig["daemon"]): Promise<Rig> {
  const docker = cliOf(endpoint);
  const image = `${prefix}:contract`;
  await makeImage(docker, image);
  const forbidding = await forbid();
  const state = async (name: string) => {
    const word = await docker("inspect", "--format", "{{.State.Status}}", name).catch(() => "gone");
    if (word === "gone" || word === "running" || word === "paused") return word;
    return "stopped" as const;
  };
  return {
    supervisor: createDocker({ host: "local", endpoint }),
    subject: `${prefix}-contract`,
    async create(name) {
      const script = `trap 'exit 143' TERM; echo "ready ${name}"; while :; do sleep 1 & wait; done`;
      const settings = ["--name", name, "--label", LABEL, "--env", "CONTRACT_SECRET=contract-secret-value"];
      await docker("run", "--detach", ...settings, image, "sh", "-c", script);
    },
    async remove(name) {
      await docker("rm", "--force", name);
    },
    native: {
      async act(name, action) {
        await docker(action, ...(action === "stop" || action === "restart" ? ["--time", "2"] : []), name);
      },
      state,
      incarnation: (name) => docker("inspect", "--format", "{{.State.StartedAt}}", name),
    },
    supports: ["start", "stop", "restart", "kill", "pause", "unpause"],
    legalNames: [`${prefix}.Az_0-9`, `0${prefix}-x..y__z`],
    hostileNames: [
      "../info",
      "-f",
      ".hidden",
      "a/b",
      "a b",
      "a;b",
      "a\nb",
      "a%2e",
      "ä",
      "",
      "x".repeat(300),
      "a?b",
      "*",
    ],
    unreachable: [
      { is: "absent", supervisor: createDocker({ host: "local", endpoint: "unix:///nowhere/docker.sock" }) },
      { is: "absent", supervisor: createDocker({ host: "local", endpoint: "tcp://127.0.0.1:1" }) },
      { is: "denied", supervisor: createDocker({ host: "local", endpoint: forbidding.endpoint }) },
    ],
    ...(daemon ? { daemon } : {}),
    async close() {
      forbidding.close();
      await docker("rmi", "--force", image);
    },
  };
}

/**
 * A second engine of the tests' own, that they may stop and kill. Its containerd outlives it, as on a real server. Both live
 * in a network and mount namespace of their own: an engine started with `--bridge=none` removes the machine's `docker0`.
 * `liveRestore`: its containers run on while it is away.
 */
export async function openEngine({ liveRestore = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-engine-"));
  const at = (name: string) => path.join(folder, name);
  fs.writeFileSync(at("containerd.toml"), 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
  const log = fs.openSync(at("log"), "a");
  const run = (file: string, args: string[]) => spawn(file, args, { stdio: ["ignore", log, log] });
  const containerd = run("unshare", [
    ...["--net", "--mount", "containerd"],
    ...["--config", at("containerd.toml"), "--address", at("containerd.sock"), "--log-level", "error"],
    ...["--root", at("containerd-root"), "--state", at("containerd-state")],
  ]);
  const args = [
    ...["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid"), "--log-level", "error"],
    ...["--host", `unix://${at("docker.sock")}`, "--containerd", at("containerd.sock"), "--storage-driver", "vfs"],
    ...["--bridge=none", "--iptables=false", "--ip-masq=false"],
    ...(liveRestore ? ["--live-restore"] : []),
  ];
  await hasNetworkOfItsOwn(containerd.pid as number);
  let running: ChildProcess | null = null;
  const docker = cliOf(`unix://${at("docker.sock")}`);
  const start = async () => {
    running = run("nsenter", ["--target", String(containerd.pid), "--net", "--mount", "dockerd", ...args]);
    for (let tries = 0; tries < 300; tries += 1) {
      if (await docker("version").then(Boolean, () => false)) return;
      await sleep(100);
    }
    throw new Error(`the second engine did not start:\n${fs.readFileSync(at("log"), "utf8").slice(-4000)}`);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (running) await endProcess(running, signal);
    running = null;
  };
  await start();
  return {
    endpoint: `unix://${at("docker.sock")}`,
    docker,
    daemon: { start, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") },
    async close() {
      await end("SIGTERM");
      await endProcess(containerd, "SIGTERM");
      fs.closeSync(log);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Entered a moment too early, the namespace is still the machine's, and it is the machine that loses its bridge. */
async function hasNetworkOfItsOwn(pid: number): Promise<void> {
  const network = (process: string) => fs.readlinkSync(`/proc/${process}/ns/net`);
  for (let tries = 0; tries < 500; tries += 1) {
    if (network(String(pid)) !== network("self")) return;
    await sleep(10);
  }
  throw new Error("unshare made no network namespace");
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

/** Something on a socket that answers every call with 403, as an engine behind an authorization plugin does. */
async function forbid() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-denied-"));
  const socket = path.join(folder, "docker.sock");
  const server = http.createServer((_request, response) => {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: "authorization denied by plugin" }));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    endpoint: `unix://${socket}`,
    close() {
      server.close();
      server.closeAllConnections();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
