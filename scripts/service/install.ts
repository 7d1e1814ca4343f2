/**
 * Sets Trihelm up as a system service, or brings one that is there to this version: a user of its own, the built server
 * with its Node in /opt/trihelm, the unit and its polkit rule. Asks nothing; settings that are there stay.
 */
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PLACES, succeeds, system, UNIT, USER } from "./places.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const GROUPS = ["systemd-journal", "docker"];
const READY_SECONDS = 30;

export async function install(): Promise<void> {
  makeUser();
  copyProgram();
  writeSettings();
  fs.copyFileSync(path.join(import.meta.dirname, "trihelm.service"), PLACES.unit);
  fs.mkdirSync(path.dirname(PLACES.rule), { recursive: true });
  fs.copyFileSync(path.join(import.meta.dirname, "trihelm.rules"), PLACES.rule);
  system("systemctl", "daemon-reload");
  system("systemctl", "enable", "--quiet", UNIT);
  system("systemctl", "restart", UNIT);
  const address = await waitUntilServing();
  console.log(`Trihelm is at ${address} (systemctl status ${UNIT}; settings in ${PLACES.settings}/env)`);
}

function makeUser(): void {
  if (!succeeds("id", USER))
    system("useradd", "--system", "--home-dir", PLACES.data, "--no-create-home", "--shell", "/usr/sbin/nologin", USER);
  for (const group of GROUPS) if (succeeds("getent", "group", group)) system("usermod", "-a", "-G", group, USER);
}

/** Beside the old one first, then in its place: a copy that breaks off harms nothing. */
function copyProgram(): void {
  const fresh = `${PLACES.program}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.cpSync(path.join(root, ".next/standalone"), fresh, { recursive: true, verbatimSymlinks: true });
  fs.mkdirSync(path.join(fresh, "bin"));
  fs.copyFileSync(fs.realpathSync(process.execPath), path.join(fresh, "bin/node"));
  fs.copyFileSync(path.join(root, "README.md"), path.join(fresh, "README.md"));
  system("chmod", "-R", "a+rX,go-w", fresh);
  fs.rmSync(PLACES.program, { recursive: true, force: true });
  fs.renameSync(fresh, PLACES.program);
}

/** Once: every PM2 daemon that is there now. An ordinary user cannot look for them by itself. */
function writeSettings(): void {
  const file = path.join(PLACES.settings, "env");
  if (fs.existsSync(file)) return;
  const users = fs.existsSync("/home") ? fs.readdirSync("/home").map((name) => `/home/${name}/.pm2`) : [];
  const homes = ["/root/.pm2", ...users].filter((home) => fs.existsSync(path.join(home, "rpc.sock")));
  fs.mkdirSync(PLACES.settings, { recursive: true });
  const pm2 = homes.length > 0 ? `TRIHELM_PM2_HOMES=${homes.join(",")}` : "# TRIHELM_PM2_HOMES=/home/alice/.pm2";
  fs.writeFileSync(
    file,
    `# Settings of ${UNIT}: see .env.example. After a change: systemctl restart ${UNIT}\n${pm2}\n`,
    {
      mode: 0o640,
    },
  );
}

/** The line with the address, from the journal of this very start. */
async function waitUntilServing(): Promise<string> {
  const start = system("systemctl", "show", "-P", "InvocationID", UNIT).trim();
  for (const end = Date.now() + READY_SECONDS * 1000; Date.now() < end; await sleep(200)) {
    const said = system("journalctl", `_SYSTEMD_INVOCATION_ID=${start}`, "-o", "cat", "--no-pager");
    const address = said.match(/^Trihelm is at (\S+)/m)?.[1];
    if (address) return address;
    if (succeeds("systemctl", "is-failed", "--quiet", UNIT)) break;
  }
  console.error(`${UNIT} does not serve. Its own words:\n${system("journalctl", "-u", UNIT, "-n", "20", "-o", "cat")}`);
  process.exit(1);
}
