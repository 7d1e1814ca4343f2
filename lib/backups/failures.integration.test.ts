/** What goes wrong around a backup: an engine that is gone, a disk that is full, a server that is told to end. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ownerOf } from "#lib/supervisors/registry.ts";
import { type DockerRig, fillVolume, openDockerRig, treeHash } from "./backup-rig.ts";
import { KilledServer } from "./kill-rig.ts";

const PREFIX = "trihelm-fail";
let rig: DockerRig;
let dataDir: string;
let server: KilledServer;
let wire: Wire;

/** A way to the engine that can be cut. */
class Wire {
  readonly socket: string;
  #open = new Set<net.Socket>();
  #server: net.Server | null = null;

  constructor(folder: string) {
    this.socket = path.join(folder, "engine.sock");
  }

  async join(): Promise<void> {
    this.#server = net.createServer((near) => {
      const far = net.connect("/var/run/docker.sock");
      for (const one of [near, far]) {
        this.#open.add(one);
        one.on("error", () => one.destroy()).on("close", () => this.#open.delete(one));
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.socket, resolve));
  }

  cut(): void {
    for (const one of this.#open) one.destroy();
    this.#server?.close();
    fs.rmSync(this.socket, { force: true });
  }
}

beforeAll(async () => {
  rig = await openDockerRig(PREFIX);
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-fail-"));
  wire = new Wire(dataDir);
  await wire.join();
  server = new KilledServer(dataDir, { DOCKER_HOST: `unix://${wire.socket}` });
  await server.start();
}, 60_000);
afterAll(async () => {
  await server.kill();
  wire.cut();
  await rig.close();
  fs.rmSync(dataDir, { recursive: true });
}, 60_000);

const sourceOf = (volume: string) => ({ volume: `local/docker/${volume}` });
const isRunning = (container: string) =>
  vi.waitFor(async () => expect(await rig.state(container)).toBe("running"), { timeout: 30_000, interval: 200 });
const expectNothingLeft = async () => {
  expect((await server.look()).intents).toEqual([]);
  expect(await rig.helpers(ownerOf({ dataDir }))).toBe("");
};

test("an engine that goes away while a service is held: it is let go as soon as the engine is back", async () => {
  const volume = await rig.volume("gone", (folder) => fillVolume(folder, 1, { files: 1500 }));
  const user = await rig.container("gone", volume, { args: ["--restart", "always"] });
  await server.backup({ source: sourceOf(volume) });
  await server.step("Snapshot");
  wire.cut();
  const end = await server.ended();
  // read from the disk it is whole all the same
  expect(end).toMatchObject({ state: "succeeded", message: expect.stringMatching(/1 service could not be put back/) });
  await wire.join();
  await isRunning(user);
  await vi.waitFor(expectNothingLeft, { timeout: 20_000, interval: 500 });
}, 120_000);

test("an engine that is not up at the start is waited for, and what a kill has left is told and put back", async () => {
  const volume = await rig.volume("late", (folder) => fillVolume(folder, 2, { files: 1500 }));
  const user = await rig.container("late", volume);
  const { id } = await server.backup({ source: sourceOf(volume) });
  await server.step("Snapshot");
  await server.kill();
  expect(await rig.state(user)).toBe("paused");
  wire.cut();
  await server.start();
  const { jobs } = await server.look();
  expect(jobs.find((job) => job.id === id)).toMatchObject({ state: "failed", error: { code: "interrupted" } });
  expect(jobs.find((job) => job.id === id)?.message).toMatch(/still being put back|not be put back yet/);
  await wire.join();
  await isRunning(user);
  await vi.waitFor(expectNothingLeft, { timeout: 20_000, interval: 500 });
  await vi.waitFor(async () =>
    expect((await server.look()).jobs.find((job) => job.id === id)?.message).toContain("1 service as before"),
  );
}, 120_000);

test("a server that is told to end lets go of what it holds first", async () => {
  const volume = await rig.volume("ends", (folder) => fillVolume(folder, 3, { files: 1500 }));
  const user = await rig.container("ends", volume);
  await server.backup({ source: sourceOf(volume) });
  await server.step("Snapshot");
  await server.kill("SIGTERM");
  expect(await rig.state(user)).toBe("running");
  await server.start();
  await expectNothingLeft();
}, 60_000);

test("a container made anew while it was held, and one that its owner has stopped meanwhile", async () => {
  const labels = ["project=shop", "service=web", "container-number=1"].flatMap((one) => [
    "--label",
    `com.docker.compose.${one}`,
  ]);
  const volume = await rig.volume("anew", (folder) => fillVolume(folder, 4, { files: 1500 }));
  const user = await rig.container("anew", volume, { args: labels });
  const other = await rig.container("owned", volume);
  await server.backup({ source: sourceOf(volume), consistency: "stop" });
  await server.step("Snapshot");
  await server.kill();
  expect([await rig.state(user), await rig.state(other)]).toEqual(["exited", "exited"]);
  await rig.docker("rm", user);
  const again = `${PREFIX}-shop-web-1`;
  const script = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"];
  await rig.docker("create", "--name", again, ...labels, "--volume", `${volume}:/data`, `${PREFIX}:base`, ...script);
  await rig.docker("start", other);
  await rig.docker("stop", "--time", "1", other);
  await server.start();
  await isRunning(again);
  expect(await rig.state(other)).toBe("exited");
  await expectNothingLeft();
}, 60_000);

test("a backup, a restore in place and a verification of one volume at once take turns", async () => {
  const volume = await rig.volume("turns", (folder) => fillVolume(folder, 5, { files: 200 }));
  const user = await rig.container("turns", volume);
  const whole = treeHash(rig.folder(volume));
  await server.backup({ source: sourceOf(volume) });
  await server.ended();
  const [first] = (await server.look()).backups;
  await server.restore(first!.id, { inPlace: true, confirm: volume });
  await server.backup({ source: sourceOf(volume) });
  await server.backup({ source: sourceOf(volume), consistency: "stop" });
  await vi.waitFor(
    async () =>
      expect((await server.look()).jobs.filter(({ state }) => state === "running" || state === "queued")).toEqual([]),
    { timeout: 60_000, interval: 300 },
  );
  const { jobs } = await server.look();
  expect(jobs.slice(0, 4).map(({ state }) => state)).toEqual(["succeeded", "succeeded", "succeeded", "succeeded"]);
  expect(treeHash(rig.folder(volume))).toBe(whole);
  expect(await rig.state(user)).toBe("running");
  await expectNothingLeft();
}, 120_000);

test("a disk that gets full in the middle: no backup, nobody held, nothing left", async () => {
  const archives = path.join(dataDir, "backups");
  await server.kill();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", archives]);
  try {
    await server.start();
    const volume = await rig.volume("full", (folder) => {
      for (let at = 0; at < 40; at += 1)
        execFileSync("dd", ["if=/dev/urandom", `of=${folder}/r${at}`, "bs=1M", "count=1", "status=none"]);
    });
    const user = await rig.container("full", volume);
    const { id } = await server.backup({ source: sourceOf(volume) });
    expect((await server.ended()).state).toBe("failed");
    expect((await server.look()).jobs.find((job) => job.id === id)?.error?.detail).toMatch(/room|space|free/i);
    expect(await rig.state(user)).toBe("running");
    expect(fs.readdirSync(archives, { recursive: true }).filter((name) => /zst|json|part/.test(String(name)))).toEqual(
      [],
    );
    await expectNothingLeft();
  } finally {
    await server.kill();
    execFileSync("umount", [archives]);
  }
}, 90_000);
