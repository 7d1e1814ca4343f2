/** Real units on a real systemd for the contract suite; made with files and systemctl, and read back with systemctl. */
import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Rig } from "../contract.ts";
import type { ServiceAction } from "../supervisor.ts";
import { createSystemd } from "./adapter.ts";

const exec = promisify(execFile);
const FOLDER = "/etc/systemd/system";

/** Runs a tool of the test host; what it prints. */
export async function tool(file: string, ...args: string[]): Promise<string> {
  const { stdout } = await exec(file, args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Throws unless this runs on the test host: the tests make, break and remove units, which no real machine should see. */
export async function requireTestHost(): Promise<void> {
  const init = (await fs.readFile("/proc/1/comm", "utf8")).trim();
  // what systemd notes of `container=other`, which the test host is booted with
  const kind = (await fs.readFile("/run/systemd/container", "utf8").catch(() => "none")).trim();
  if (init !== "systemd" || kind !== "other")
    throw new Error(`these tests need the test host, where systemd is PID 1; here that is ${init}, container: ${kind}`);
}

/** Writes a unit and has systemd read it. */
export async function writeUnit(name: string, lines: readonly string[]): Promise<void> {
  await fs.writeFile(path.join(FOLDER, name), `${lines.join("\n")}\n`);
  await tool("systemctl", "daemon-reload");
}

export async function removeUnit(name: string): Promise<void> {
  await tool("systemctl", "stop", "--", name).catch(() => "");
  await tool("systemctl", "reset-failed", "--", name).catch(() => "");
  await fs.rm(path.join(FOLDER, name), { force: true });
  await tool("systemctl", "daemon-reload");
}

export async function property(name: string, key: string): Promise<string> {
  return tool("systemctl", "show", "--value", `--property=${key}`, "--", name);
}

export async function openRig(): Promise<Rig> {
  await requireTestHost();
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "trihelm-rig-"));
  const refusing = await refusingBus(path.join(folder, "refusing"));
  return {
    supervisor: createSystemd({ host: "local", mode: "system" }),
    subject: "trihelm-contract.service",
    create: async (name) => {
      await writeUnit(name, [
        "[Unit]",
        "Description=Trihelm contract subject",
        "StartLimitIntervalSec=0",
        "[Service]",
        "Environment=CONTRACT_SECRET=contract-secret-value",
        // in a unit file a backslash and a percent sign quote: the name comes by the environment, and %n is the unit's own
        'ExecStart=/bin/sh -c \'printf "ready %%s\\n" "$$UNIT"; exec sleep infinity\'',
        "Environment=UNIT=%n",
        "ExecReload=/bin/true",
        "Restart=on-failure",
        "RestartSec=100ms",
      ]);
      await tool("systemctl", "start", "--", name);
    },
    remove: removeUnit,
    native: {
      act: async (name, action) => {
        await tool("systemctl", action, "--", name);
      },
      state: async (name) => {
        if ((await property(name, "LoadState")) === "not-found") return "gone";
        return (await property(name, "ActiveState")) === "active" ? "running" : "stopped";
      },
      incarnation: (name) => property(name, "InvocationID"),
    },
    supports: ["start", "stop", "restart", "reload", "kill"] satisfies ServiceAction[],
    legalNames: ["a@b:c_d-e.f.service", "dev\\x2dx.service", "-leading.service", `${"n".repeat(247)}.service`],
    hostileNames: [
      "",
      "*.service",
      "sv?.service",
      "[a-z].service",
      "-.mount",
      "multi-user.target",
      "../../etc/passwd",
      "a/b.service",
      "a b.service",
      "a\nb.service",
      "a\0.service",
      "$(id).service",
      "--force",
      "x@.service",
      "ünit.service",
      `${"n".repeat(248)}.service`,
    ],
    unreachable: [
      {
        is: "absent",
        supervisor: createSystemd({ host: "local", mode: "system", busAddress: path.join(folder, "none") }),
      },
      { is: "denied", supervisor: createSystemd({ host: "local", mode: "system", busAddress: refusing.path }) },
    ],
    close: async () => {
      refusing.server.close();
      await fs.rm(folder, { recursive: true });
    },
  };
}

/** A bus that knows nobody: root may open any socket, so that only its answer can say no. */
async function refusingBus(at: string): Promise<{ path: string; server: net.Server }> {
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end("REJECTED EXTERNAL\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(at, resolve));
  return { path: at, server };
}
