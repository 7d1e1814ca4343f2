/**
 * The stage of API and browser tests: a test host with the stand-ins on it, and on that host Trihelm as a unit of its own,
 * as root, so that it sees every user's daemon. It listens on the machine's loopback.
 */
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openHost, type TestHost } from "../host/host.ts";
import { closeStandIns, openStandIns, pm2Homes } from "../host/stand-ins.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const state = path.join(os.tmpdir(), "trihelm-test-stage");
const PORT = 7433;
const READY_SECONDS = 30;
export const url = `http://127.0.0.1:${PORT}`;

const UNIT = `[Unit]
Description=Trihelm
[Service]
WorkingDirectory=${root}
Environment=TRIHELM_PORT=${PORT} TRIHELM_DATA_DIR=/var/lib/trihelm-test TRIHELM_PM2_HOMES=${pm2Homes} HOME=/root
ExecStart=${process.execPath} scripts/serve.ts
Restart=on-failure
[Install]
WantedBy=multi-user.target
`;

/** Boots everything and waits until the server is ready. */
export async function openStage(): Promise<void> {
  const host = await openStandIns(state);
  host.run(["tee", "/etc/systemd/system/trihelm.service"], { input: UNIT });
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", "trihelm.service"]);
  await untilReady();
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
