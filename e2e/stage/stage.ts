/**
 * The stage of API and browser tests: a test host with the stand-ins on it, and on that host Trihelm as a unit of its own,
 * as root, so that it sees every user's daemon. It listens on the machine's loopback.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { openHost, type TestHost } from "../host/host.ts";
import { closeStandIns, openStandIns, pm2Homes } from "../host/stand-ins.ts";
import { bearer, makeAccounts, PEOPLE, type Role, saveSignIn } from "./accounts.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const state = path.join(os.tmpdir(), "trihelm-test-stage");
const PORT = 7433;
const READY_SECONDS = 30;
const DATA = "/var/lib/trihelm-test";
export const url = `http://127.0.0.1:${PORT}`;

const UNIT = `[Unit]
Description=Trihelm
[Service]
WorkingDirectory=${root}
Environment=TRIHELM_PORT=${PORT} TRIHELM_DATA_DIR=${DATA} TRIHELM_PM2_HOMES=${pm2Homes} HOME=/root
ExecStart=${process.execPath} --max-semi-space-size=8 scripts/serve.ts
Restart=on-failure
[Install]
WantedBy=multi-user.target
`;

export type Asked = Omit<RequestInit, "headers"> & { as?: Role | null; headers?: Record<string, string> };

/** Boots everything and waits until the server is ready. */
export async function openStage(): Promise<void> {
  const host = await openStandIns(state);
  host.run(["tee", "/etc/systemd/system/trihelm.service"], { input: UNIT });
  host.run(["systemctl", "daemon-reload"]);
  const tokens = makeAccounts((argv, input) => trihelm(argv, input));
  fs.writeFileSync(path.join(state, "tokens.json"), JSON.stringify(tokens), { mode: 0o600 });
  host.run(["systemctl", "start", "trihelm.service"]);
  await untilReady();
}

/** The server's command line, beside the server or without it. */
export function trihelm(argv: readonly string[], input = ""): string {
  const command = ["env", "-C", root, process.execPath, "scripts/trihelm.ts", ...argv];
  return stageHost().run(command, { input, env: { TRIHELM_DATA_DIR: DATA } });
}

/** The header of a role's token. */
export function as(role: Role): { authorization: string } {
  const tokens = JSON.parse(fs.readFileSync(path.join(state, "tokens.json"), "utf8")) as Record<Role, string>;
  return bearer(tokens[role]);
}

/** Calls the server as a role, the admin unless told, or as nobody. */
export async function ask(path: string, { as: role = "admin", headers, ...init }: Asked = {}): Promise<Response> {
  // the host's commands block this process: connections that ended meanwhile are to be seen before one is used again
  await nextTurn();
  return fetch(`${url}${path}`, { ...init, headers: { ...(role === null ? {} : as(role)), ...headers } });
}

/** Signs one person of each role in, for browsers to start from. */
export async function signInAll(): Promise<void> {
  for (const role of Object.keys(PEOPLE) as Role[]) await saveSignIn(url, role, signedIn(role));
}

/** The file with a role's cookie. */
export function signedIn(role: Role): string {
  return path.join(state, `${role}.json`);
}

/** Ends the host and removes the stand-ins. */
export async function closeStage(): Promise<void> {
  await closeStandIns(state);
}

/** The host, from any process of a test run. */
export function stageHost(): TestHost {
  return openHost(state);
}

/** Waits until the server answers as ready; throws with the last lines of its journal. */
export async function untilReady(): Promise<void> {
  for (const end = Date.now() + READY_SECONDS * 1000; Date.now() < end; await sleep(100)) {
    const answer = await fetch(`${url}/api/health/ready`).catch(() => null);
    if (answer?.ok) return;
  }
  const said = stageHost().run(["journalctl", "-u", "trihelm.service", "-n", "40", "-o", "cat", "--no-pager"]);
  throw new Error(`the server was not ready in ${READY_SECONDS} s:\n${said}`);
}
