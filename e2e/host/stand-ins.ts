/**
 * Puts the stand-ins for three real stacks on a test host, and things in trouble beside them:
 * units (Clawdis and five in trouble), PM2 apps of two users, containers.
 *
 *   node e2e/host/stand-ins.ts up STATE_DIR      boots the host and everything on it
 *   node e2e/host/stand-ins.ts down STATE_DIR    ends and removes it all
 */
import fs from "node:fs";
import path from "node:path";
import { CONTAINERS, removeContainers, startContainers } from "./containers.ts";
import { bootHost, endHost, type TestHost } from "./host.ts";

const units = path.join(import.meta.dirname, "units");
const programs = path.join(import.meta.dirname, "stand-ins");
const FAILING = ["nightly-report.service", "feed-poller.service"];
const PM2_HOMES = { root: "/root/.pm2", deploy: "/home/deploy/.pm2" };

export { CONTAINERS };
export const pm2Homes = Object.values(PM2_HOMES).join(",");

/** Boots a host and starts all of it; gives the host when everything is in its final state or on its way there. */
export async function openStandIns(state: string): Promise<TestHost> {
  fs.mkdirSync(state, { recursive: true });
  startContainers(state);
  const host = await bootHost(state);
  // Readable for who wants the kernel's word on a kill; made after the boot, so that nothing is written to it.
  host.run(["mknod", "-m", "400", "/dev/kmsg", "c", "1", "11"]);
  for (const user of ["almaz", "deploy"]) addUser(host, user);
  startUnits(host);
  startApps(host);
  return host;
}

/** Ends the host and removes the containers. */
export async function closeStandIns(state: string): Promise<void> {
  await endHost(state);
  removeContainers();
}

/** Runs `pm2` against one user's daemon, as that user would. */
export function pm2(host: TestHost, user: keyof typeof PM2_HOMES, ...argv: string[]): string {
  return host.run(["pm2", ...argv], { user, env: { PM2_HOME: PM2_HOMES[user], PM2_DISCRETE_MODE: "true" } });
}

function addUser(host: TestHost, user: string): void {
  host.run(["sh", "-c", `id ${user} >/dev/null 2>&1 || useradd --no-create-home ${user}`]);
  host.run(["install", "-d", "-o", user, "-g", user, "-m", "755", `/home/${user}`]);
}

function startUnits(host: TestHost): void {
  const secrets = "TELEGRAM_BOT_TOKEN=110201543:stand-in-telegram-token\\nCLAWDIS_LOG=json\\n";
  const folder = "install -d -o almaz -g almaz -m 700 /home/almaz/.clawdis";
  const file = `printf '${secrets}' >/home/almaz/.clawdis/secrets.env && chown almaz: /home/almaz/.clawdis/secrets.env`;
  host.run(["sh", "-c", `${folder} && ${file}`]);
  const names = fs.readdirSync(units);
  for (const name of names) {
    const text = fs.readFileSync(path.join(units, name), "utf8");
    const whole = text.replaceAll("@node@", fs.realpathSync(process.execPath)).replaceAll("@stand-ins@", programs);
    host.run(["tee", `/etc/systemd/system/${name}`], { input: whole });
  }
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "enable", "--quiet", ...names]);
  const sound = names.filter((name) => !FAILING.includes(name));
  host.run(["systemctl", "start", "--no-block", ...sound]);
  for (const name of FAILING) host.run(["sh", "-c", `systemctl start ${name} || true`]);
}

function startApps(host: TestHost): void {
  const fondation = {
    name: "fondation-worker",
    script: path.join(programs, "fondation-worker.mjs"),
    exec_mode: "cluster",
    instances: 4,
    cwd: "/home/deploy",
    kill_timeout: 1000,
    env: {
      CONVEX_URL: "https://stand-in.convex.cloud",
      CONVEX_DEPLOY_KEY: "stand-in-deploy-key",
      POLL_INTERVAL: "2000",
    },
  };
  const cosyworld = {
    name: "cosyworld",
    script: path.join(programs, "cosyworld.mjs"),
    cwd: "/root",
    max_memory_restart: "512M",
    kill_timeout: 1000,
    env: { WEB_PORT: "3100", MONGO_URI: "mongodb://admin:stand-in-password@127.0.0.1:27017/cosyworld8" },
  };
  for (const [user, app] of [
    ["deploy", fondation],
    ["root", cosyworld],
  ] as const) {
    const file = path.join(host.share, `${app.name}.config.json`);
    fs.writeFileSync(file, JSON.stringify({ apps: [app] }));
    fs.chmodSync(host.share, 0o755);
    pm2(host, user, "start", file);
  }
}

if (import.meta.main) {
  const [verb, state] = process.argv.slice(2);
  if (!state || (verb !== "up" && verb !== "down")) throw new Error("usage: stand-ins.ts up|down STATE_DIR");
  if (verb === "up") await openStandIns(path.resolve(state));
  else await closeStandIns(path.resolve(state));
}
