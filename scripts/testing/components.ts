/** What the tests need of the machine: found, or fetched where the system's own packages have it, or told. */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findBrowser } from "../../e2e/browser.ts";
import { type Component, root } from "./groups.ts";

/** the file that shows that a package is there, or a way to find out */
const PACKAGES: Record<string, string | (() => boolean)> = {
  "docker.io": "dockerd",
  systemd: "/lib/systemd/systemd",
  dbus: "dbus-daemon",
  polkitd: "/usr/lib/polkit-1/polkitd",
  "busybox-static": () => {
    const linked = spawnSync("ldd", ["/bin/busybox"], { encoding: "utf8" });
    return fs.existsSync("/bin/busybox") && !linked.stdout.includes("=>");
  },
  debootstrap: "debootstrap",
  chromium: () => findBrowser() !== null,
  "zbar-tools": "zbarimg",
  // archives are made and taken apart by the stock tools too
  zstd: "zstd",
  age: "age",
  attr: "setfattr",
  restic: "restic",
  "openssh-sftp-server": "/usr/lib/openssh/sftp-server",
};
const NEEDED: Record<Component, string[]> = {
  root: [],
  build: [],
  docker: ["docker.io", "busybox-static"],
  host: ["systemd", "dbus", "polkitd"],
  browser: ["chromium", "zbar-tools"],
  debootstrap: ["debootstrap"],
  archives: ["zstd", "age", "attr", "restic", "openssh-sftp-server"],
};

/** Fetches what is missing and can be fetched; gives for each component why it is not there, null when it is. */
export async function prepare(wanted: ReadonlySet<Component>): Promise<Map<Component, string | null>> {
  const rooted = process.platform === "linux" && process.getuid?.() === 0;
  const packages = [...wanted].flatMap((component) => NEEDED[component]).filter((name) => !isThere(name));
  if (packages.length > 0 && rooted && fs.existsSync("/usr/bin/apt-get")) install(packages);
  const states = new Map<Component, string | null>();
  for (const component of wanted) {
    const missing = NEEDED[component].filter((name) => !isThere(name));
    states.set(component, missing.length > 0 ? `${missing.join(", ")} not installed` : null);
  }
  if (wanted.has("root") && !rooted)
    states.set(
      "root",
      process.platform === "linux" ? "needs root" : `needs root on Linux, and this is ${process.platform}`,
    );
  if (rooted && states.get("docker") === null) states.set("docker", await startDocker());
  if (wanted.has("build") && (!wanted.has("root") || rooted)) states.set("build", build());
  return states;
}

let engine: { pid: number } | null = null;

/** Ends the engine, if it was started here. */
export function endDocker(): void {
  if (engine) process.kill(engine.pid, "SIGTERM");
  engine = null;
}

function isThere(name: string): boolean {
  const sign = PACKAGES[name];
  if (typeof sign === "function") return sign();
  if (!sign) return false;
  return [sign, ...["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map((folder) => path.join(folder, sign))].some((file) =>
    fs.existsSync(file),
  );
}

function install(packages: string[]): void {
  console.log(`Installing ${packages.join(", ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...argv: string[]) => spawnSync("apt-get", ["-qq", "-y", ...argv], { env, encoding: "utf8" });
  apt("update");
  const done = apt("install", "--no-install-recommends", ...packages);
  if (done.status !== 0) console.error(`${done.stdout}${done.stderr}`);
}

async function startDocker(): Promise<string | null> {
  if (dockerAnswers()) return null;
  const log = path.join(os.tmpdir(), "trihelm-test-dockerd.log");
  const out = fs.openSync(log, "w");
  const child = spawn("dockerd", [], { detached: true, stdio: ["ignore", out, out] });
  child.unref();
  fs.closeSync(out);
  for (let i = 0; i < 150 && child.exitCode === null; i++) {
    if (dockerAnswers()) {
      engine = { pid: child.pid as number };
      return null;
    }
    await sleep(200);
  }
  return `dockerd did not start: see ${log}`;
}

function dockerAnswers(): boolean {
  return spawnSync("docker", ["version"], { stdio: "ignore" }).status === 0;
}

function build(): string | null {
  const done = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
  return done.status === 0 ? null : "the build failed";
}
