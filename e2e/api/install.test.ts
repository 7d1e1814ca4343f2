/** The native service, set up on the test host as an administrator would, and used as its ordinary user. */
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer, makeAccounts } from "../stage/accounts.ts";
import { property } from "../stage/native.ts";
import { stageHost, untilReady } from "../stage/stage.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const unit = "trihelm.service";
const url = "http://127.0.0.1:7434";
const host = stageHost();
const service = (...argv: string[]) => host.run(["env", "-C", root, "node", "scripts/service.mjs", ...argv]);
// As in docs/operations.md: from any folder, as root, with the service's own Node.
const trihelm = (argv: readonly string[], input = "") =>
  host.run(["env", "-C", "/", "/opt/trihelm/bin/node", "/opt/trihelm/scripts/trihelm.ts", ...argv], { input });
const stageUnit = "/etc/systemd/system/trihelm.service";

let headers: Record<string, string> = {};

beforeAll(() => {
  // The stage's own server has the name that the service is to have.
  host.run(["systemctl", "stop", unit]);
  host.run(["mv", stageUnit, "/run/trihelm-stage.service"]);
  host.run(["mkdir", "-p", "/etc/trihelm"]);
  const homes = "TRIHELM_PM2_HOMES=/root/.pm2,/home/deploy/.pm2";
  host.run(["tee", "/etc/trihelm/env"], { input: `TRIHELM_PORT=7434\n${homes}\n` });
});
afterAll(() => {
  host.run(["mv", "/run/trihelm-stage.service", stageUnit]);
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", unit]);
  return untilReady();
}, 40_000);

test("installs, asks nothing, and can be run again", { timeout: 120_000 }, async () => {
  for (const _ of ["first", "again"]) expect(service("install")).toContain(`Trihelm is at ${url}`);
  expect(property(host, unit, "ActiveState")).toBe("active");
  expect(property(host, unit, "User")).toBe("trihelm");
  expect(property(host, unit, "UnitFileState")).toBe("enabled");
  expect(host.run(["stat", "-c", "%U %a", "/var/lib/trihelm"]).trim()).toBe("trihelm 700");
});

test("the first run is offered in its data folder, to its own user alone, until there is an account", {
  timeout: 60_000,
}, async () => {
  expect(host.run(["stat", "-c", "%U %a", "/var/lib/trihelm/setup-code"]).trim()).toBe("trihelm 600");
  expect(trihelm(["setup-code"])).toMatch(/^http:\/\/127\.0\.0\.1:7434\/setup#token=\S{43}\n\w{4}-\w{4}\n$/);
  headers = bearer(makeAccounts(trihelm).admin);
  expect(host.run(["find", "/var/lib/trihelm", "!", "-user", "trihelm"])).toBe("");
  const state = (await (await fetch(`${url}/api/v1/setup`)).json()) as { open: boolean };
  expect(state.open).toBe(false);
});

test("it is confined: systemd-analyze security gives at most 4.0", () => {
  const said = host.run(["systemd-analyze", "security", "--no-pager", unit]);
  const exposure = Number(said.match(/Overall exposure level for .*: ([\d.]+)/)?.[1]);
  expect(exposure).toBeGreaterThan(0);
  expect(exposure).toBeLessThanOrEqual(4.0);
});

test("an ordinary user's service sees all three worlds and acts on them", { timeout: 30_000 }, async () => {
  const ready = (await (await fetch(`${url}/api/health/ready`)).json()) as { checks: { supervisors: unknown } };
  expect(ready.checks.supervisors).toEqual({
    "local/systemd": "ready",
    "local/pm2@root": "ready",
    "local/pm2@deploy": "ready",
    "local/docker": "ready",
  });
  for (const id of [
    "systemd/stubborn.service/reload",
    "pm2%40root/cosyworld/restart",
    "docker/wa-scheduler-worker/restart",
  ]) {
    const answer = await fetch(`${url}/api/v1/services/local/${id}`, { method: "POST", headers });
    expect([id, answer.status]).toEqual([id, id.endsWith("reload") ? 409 : 200]);
  }
  const before = property(host, "clawdis-gateway.service", "MainPID");
  const restart = await fetch(`${url}/api/v1/services/local/systemd/clawdis-gateway.service/restart`, {
    method: "POST",
    headers,
  });
  expect(restart.status, await restart.text()).toBe(200);
  expect(property(host, "clawdis-gateway.service", "MainPID")).not.toBe(before);
  // Ports are looked for after a start, not before it answers.
  const ports = async () => {
    const answer = await fetch(`${url}/api/v1/services/local/systemd/clawdis-gateway.service`, { headers });
    return ((await answer.json()) as { ports: unknown[] }).ports.length;
  };
  await expect.poll(ports, { timeout: 10_000 }).toBe(5);
});

test("uninstalls, keeps the data, and takes that too when told", { timeout: 30_000 }, () => {
  expect(service("uninstall")).toContain("stay");
  expect(property(host, unit, "LoadState")).toBe("not-found");
  expect(host.run(["ls", "/var/lib/trihelm"])).toContain("trihelm.db");
  service("uninstall", "--purge");
  const left = host.run(["sh", "-c", "ls -d /opt/trihelm /var/lib/trihelm /etc/trihelm; id trihelm; true"]);
  expect(left.trim()).toBe("");
});
