/** A real engine, a real PM2 and a process of nobody's on one machine: whose each port is, and what a reboot leaves. */
import net from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import { createPm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import { readReboot } from "../reboot/readiness.ts";
import { firstLook, watchSupervisor } from "../watch.ts";
import { portHolder, readLedger } from "./ledger.ts";
import type { Ledger } from "./shapes.ts";

const SOCKET = "unix:///var/run/docker.sock";
const RUN = `trihelm-ports-${process.pid}`;
const engine = cliOf(SOCKET);
const rig = createPm2Rig();
const ending = new AbortController();
const stray = net.createServer();
const docker = createDocker({ host: "local", endpoint: SOCKET });
const pm2 = createPm2({ host: "local", home: rig.home, user: null });
const id = (name: string) => `local/docker/${RUN}-${name}`;
let [published, onHost, ofApp, ofStray]: number[] = [];
let ledger: Ledger;

beforeAll(async () => {
  await makeImage(engine, `${RUN}:1`);
  [published, onHost, ofApp, ofStray] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const container = (verb: "run" | "create", name: string, settings: string[], inside = 80) => {
    const detached = verb === "run" ? ["--detach"] : [];
    const listen = ["/bin/busybox", "nc", "-ll", "-p", String(inside), "-e", "/bin/true"];
    return engine(
      verb,
      ...detached,
      "--name",
      `${RUN}-${name}`,
      "--label",
      "trihelm.test=1",
      ...settings,
      `${RUN}:1`,
      ...listen,
    );
  };
  await Promise.all([
    container("run", "web", ["--publish", `127.0.0.1:${published}:80`]),
    container("run", "host", ["--network", "host", "--restart", "unless-stopped"], onHost),
    container("create", "late", ["--publish", `${ofStray}:80`]),
    rig.start([rig.app, "--name", "app", "--", "app"], { PORT: String(ofApp) }),
    new Promise<void>((resolve) => stray.listen({ host: "127.0.0.1", port: ofStray }, resolve)),
  ]);
  watchSupervisor(docker, ending.signal);
  watchSupervisor(pm2, ending.signal);
  await firstLook(5000);
  const isThere = (port: number | undefined) => ledger.items.some((one) => one.port === port && one.owner.service);
  await vi.waitFor(
    async () => {
      ledger = await readLedger();
      expect([published, onHost, ofApp].filter((port) => !isThere(port))).toEqual([]);
    },
    { timeout: 15_000, interval: 500 },
  );
}, 60_000);

afterAll(async () => {
  ending.abort();
  stray.close();
  docker.close();
  pm2.close();
  await rig.close();
  await engine("rm", "--force", ...["web", "host", "late"].map((name) => `${RUN}-${name}`));
  await engine("rmi", "--force", `${RUN}:1`);
}, 60_000);

test("a published port is its container's with the port inside; a container on the host's network and an app have their own", () => {
  const ownerOf = (port: number | undefined) => ledger.items.find((one) => one.port === port)?.owner;
  expect(ownerOf(published)).toMatchObject({ service: id("web"), name: `${RUN}-web`, target: 80 });
  expect(ownerOf(onHost)).toMatchObject({ service: id("host"), target: null });
  expect(ownerOf(ofApp)).toMatchObject({ service: "local/pm2/app", target: null });
  expect(ownerOf(ofStray)).toMatchObject({ kind: "process", service: null, pid: process.pid });
});

test("a container that was never started would not get the port of a stray process", async () => {
  const conflict = ledger.conflicts.find(({ wants }) => wants.includes(id("late")));
  expect(conflict).toMatchObject({
    port: ofStray,
    holder: { service: null, name: expect.stringContaining(`(${process.pid})`) },
  });
  expect(await portHolder(onHost!, "tcp")).toEqual({ service: id("host"), name: `${RUN}-host` });
});

test("what does not come back: a container without a policy, an app that was not saved", async () => {
  const { items } = await readReboot();
  const of = (service: string) => items.filter((one) => one.service === service).map(({ kind }) => kind);
  expect([of(id("web")), of(id("host")), of("local/pm2/app")]).toEqual([["no-restart-policy"], [], ["not-saved"]]);
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
