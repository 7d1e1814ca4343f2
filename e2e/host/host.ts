/**
 * The test host: a real systemd, journald and D-Bus on this machine without touching it, with this machine's Docker
 * engine bound in. It shares the network, so what listens in it is reached from outside. Needs root and Linux.
 *
 *   node e2e/host/host.ts up STATE_DIR          boots it, or boots it anew
 *   node e2e/host/host.ts run STATE_DIR CMD…    runs a command inside
 *   node e2e/host/host.ts down STATE_DIR        ends it and removes what it left
 */
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const repository = path.dirname(path.dirname(import.meta.dirname));
const BOOT_SECONDS = 60;

export interface TestHost {
  /** a folder that is the same inside and outside */
  share: string;
  /** Runs a command to its end and gives its output; throws with it when the command fails. */
  run(argv: readonly string[], options?: RunOptions): string;
  /** Starts a command that goes on. */
  spawn(argv: readonly string[], options?: RunOptions & { stdio?: StdioOptions }): ChildProcess;
}

export interface RunOptions {
  user?: string;
  env?: Record<string, string>;
  input?: string;
}

/** Boots the host under a folder of its own; one that an earlier, killed run left there is ended first. */
export async function bootHost(state: string): Promise<TestHost> {
  await endHost(state);
  for (const folder of ["over", "root", "share"]) fs.mkdirSync(path.join(state, folder), { recursive: true });
  const log = fs.openSync(path.join(state, "log"), "w");
  const boot = path.join(import.meta.dirname, "boot.sh");
  const namespaces = ["--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--propagation", "private"];
  const arguments_ = [state, repository, cgroupOf(state), process.env.TRIHELM_TEST_DOCKER ?? "/var/run/docker.sock"];
  const outer = spawn("unshare", [...namespaces, "bash", boot, ...arguments_], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  fs.closeSync(log);
  outer.unref();
  const host = await waitUntilUp(state, outer);
  if (host) return host;
  const said = fs.readFileSync(path.join(state, "log"), "utf8").slice(-4000);
  await endHost(state);
  throw new Error(`the test host did not come up in ${BOOT_SECONDS} s:\n${said}`);
}

/** A host that is already up. */
export function openHost(state: string): TestHost {
  const leader = leaderOf(state);
  if (leader === null) throw new Error(`no test host is up in ${state}`);
  const enter = (argv: readonly string[], { user, env = {} }: RunOptions) => {
    const home = user && user !== "root" ? `/home/${user}` : "/root";
    const variables = Object.entries({
      PATH: `${repository}/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: home,
      LANG: "C.UTF-8",
      ...env,
    }).map(([name, value]) => `${name}=${value}`);
    const as = user ? ["runuser", "-u", user, "--"] : [];
    return ["-t", String(leader), "-m", "-u", "-i", "-p", "-r", "-w", "--", ...as, "env", "-i", ...variables, ...argv];
  };
  return {
    share: path.join(state, "share"),
    run(argv, options = {}) {
      const done = spawnSync("nsenter", enter(argv, options), {
        encoding: "utf8",
        input: options.input ?? "",
        maxBuffer: 1 << 28,
      });
      if (done.status !== 0)
        throw new Error(`${argv.join(" ")} ended with ${done.status ?? done.signal}:\n${done.stdout}${done.stderr}`);
      return done.stdout;
    },
    spawn: (argv, options = {}) => spawn("nsenter", enter(argv, options), { stdio: options.stdio ?? "inherit" }),
  };
}

/** Ends the host by the one process that holds it, and removes its folders and its cgroups. */
export async function endHost(state: string): Promise<void> {
  const leader = leaderOf(state);
  if (leader !== null) process.kill(leader, "SIGKILL");
  for (let i = 0; leader !== null && fs.existsSync(`/proc/${leader}`) && i < 100; i++) await sleep(50);
  for (const folder of ["leader", "over", "root", "share"])
    fs.rmSync(path.join(state, folder), { recursive: true, force: true, maxRetries: 5 });
  for (const mount of cgroupMounts()) removeCgroup(path.join(mount, cgroupOf(state)));
}

async function waitUntilUp(state: string, outer: ChildProcess): Promise<TestHost | null> {
  for (const end = Date.now() + BOOT_SECONDS * 1000; Date.now() < end && outer.exitCode === null; await sleep(200)) {
    const leader = childOf(outer.pid as number);
    if (leader === null || fs.readFileSync(`/proc/${leader}/comm`, "utf8").trim() !== "systemd") continue;
    fs.writeFileSync(path.join(state, "leader"), `${leader} ${startOf(leader)}`);
    const host = openHost(state);
    const answer = host.run(["sh", "-c", "systemctl is-system-running || true"]).trim();
    if (answer === "running" || answer === "degraded") return host;
  }
  return null;
}

/** The host's process 1 as seen from here, if it is still the one that was started. */
function leaderOf(state: string): number | null {
  const file = path.join(state, "leader");
  if (!fs.existsSync(file)) return null;
  const [pid, start] = fs.readFileSync(file, "utf8").split(" ");
  return startOf(Number(pid)) === start ? Number(pid) : null;
}

/** When a process started, in clock ticks: a number that is used again has another. */
function startOf(pid: number): string | null {
  const file = `/proc/${pid}/stat`;
  if (!fs.existsSync(file)) return null;
  return fs.readFileSync(file, "utf8").split(") ")[1]?.split(" ")[19] ?? null;
}

function childOf(pid: number): number | null {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!fs.existsSync(file)) return null;
  return Number(fs.readFileSync(file, "utf8").split(" ")[0]) || null;
}

function cgroupOf(state: string): string {
  return `trihelm-test-${path.resolve(state).replace(/[^\w]+/g, "-")}`;
}

function cgroupMounts(): string[] {
  const lines = fs.readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(" ")[4] as string);
}

function removeCgroup(folder: string): void {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(path.join(folder, entry.name));
  fs.rmdirSync(folder);
}

if (import.meta.main) {
  const [verb, state, ...argv] = process.argv.slice(2);
  if (!state) throw new Error("usage: host.ts up|run|down STATE_DIR [CMD…]");
  if (verb === "up") await bootHost(path.resolve(state));
  else if (verb === "down") await endHost(path.resolve(state));
  else if (verb === "run")
    openHost(path.resolve(state))
      .spawn(argv)
      .on("exit", (code) => process.exit(code ?? 1));
}
