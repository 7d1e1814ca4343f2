/** The server is killed at random moments: no bad archive is listed, everybody runs again, and a volume is old or new, whole. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFarEngine } from "#lib/supervisors/docker/far-engine-rig.ts";
import { ownerOf } from "#lib/supervisors/registry.ts";
import { verifyArchive } from "./archive/verify.ts";
import { type DockerRig, fillVolume, openDockerRig, treeHash } from "./backup-rig.ts";
import { KilledServer } from "./kill-rig.ts";
import type { Sight } from "./killed-server-rig.ts";

const PREFIX = "trihelm-kill";
const NIGHTLY = process.env.TRIHELM_NIGHTLY === "1";
const BACKUPS = NIGHTLY ? 200 : 20;
const RESTORES = NIGHTLY ? 50 : 10;
const SECONDS = 4000;

let rig: DockerRig;
let dataDir: string;
let server: KilledServer;
let far: Awaited<ReturnType<typeof openFarEngine>>;
const proven = new Set<string>();

beforeAll(async () => {
  rig = await openDockerRig(PREFIX);
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-kill-"));
  server = new KilledServer(dataDir);
  // so slow that a reading through it takes long enough to be killed in
  far = await openFarEngine("/var/run/docker.sock", { slow: 4 });
}, 60_000);
afterAll(async () => {
  await server.kill();
  far.close();
  await rig.close();
  fs.rmSync(dataDir, { recursive: true });
}, 60_000);

const archives = () => path.join(dataDir, "backups");
const below = (folder: string) =>
  fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }).map(String) : [];
const random = (most: number) => Math.random() * most;
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const healthy = ["--health-cmd", "true", "--health-interval", "1s"];

/** The first request after a start waits 8 seconds at most: where containers need longer to start, what holds 30 after it. */
async function lookAfter(): Promise<Sight> {
  const until = Date.now() + 22_000;
  for (;;) {
    const sight = await server.look();
    if (sight.intents.length === 0 || Date.now() > until) return sight;
    await wait(500);
  }
}

/** What must hold then. */
async function expectSound(sight: Sight, containers: readonly string[], label: string): Promise<void> {
  expect(sight.intents, `${label}\n${server.log}`).toEqual([]);
  expect(
    sight.jobs.filter(({ state }) => state === "running" || state === "queued"),
    label,
  ).toEqual([]);
  for (const { kind, state, error } of sight.jobs)
    expect([kind, state, error?.code ?? "interrupted"], label).toEqual([
      kind,
      expect.stringMatching(/succeeded|failed/),
      "interrupted",
    ]);
  for (const container of containers)
    expect([container, await rig.state(container)], label).toEqual([container, "running"]);
  expect(await rig.helpers(ownerOf({ dataDir })), label).toBe("");
  const files = below(archives()).filter((name) => /\.(zst|json|part|spill|db)/.test(name));
  const listed = sight.backups.map(({ id }) => id);
  const ids = files.filter((name) => name.endsWith(".json")).map((name) => idIn(path.join(archives(), name)));
  expect(ids.sort(), label).toEqual(listed.sort());
  expect(
    files.filter((name) => !/\.(tar\.zst|json)$/.test(name)),
    label,
  ).toEqual([]);
  for (const name of files.filter((one) => one.endsWith(".json"))) {
    const stem = path.join(archives(), name.slice(0, -".json".length));
    if (proven.has(stem)) continue;
    expect(await verifyArchive({ stem, encrypted: false }, null), label).toHaveProperty("head");
    proven.add(stem);
  }
}

function idIn(manifest: string): string {
  return /"id":\s*"([^"]+)"/.exec(fs.readFileSync(manifest, "utf8").slice(0, 20_000))?.[1] ?? manifest;
}

describe("killed", () => {
  test(
    `in ${BACKUPS} backups`,
    async () => {
      const quiet = await rig.volume("quiet", (folder) => fillVolume(folder, 1, { files: 150 }));
      const writes = await rig.volume("writes", (folder) => fillVolume(folder, 2, { files: 100 }));
      const containers = [
        await rig.container("api", quiet, { args: ["--restart", "always"] }),
        await rig.container("writer", writes, { writer: true, args: ["--restart", "unless-stopped"] }),
        await rig.container("both", quiet, { args: ["--restart", "on-failure", "--volume", `${writes}:/more`] }),
      ];
      // half of them are read through the engine, by a helper that outlives the server
      const isFar = (round: number) => round % 4 < 2;
      const start = (round: number) => server.start(isFar(round) ? { DOCKER_HOST: far.endpoint } : {});
      let helpersLeft = 0;
      await start(0);
      const from = Date.now();
      await server.backup({ source: { volume: `local/docker/${quiet}` } });
      expect(await server.ended()).toMatchObject({ state: "succeeded" });
      const usual = Date.now() - from;
      const moments: Record<string, number> = {};
      for (let round = 0; round < BACKUPS; round += 1) {
        const [volume, consistency] =
          round % 3 === 0
            ? [writes, "stop" as const]
            : round % 3 === 1
              ? [writes, "pause" as const]
              : [quiet, "pause" as const];
        const steps = ["Snapshot", "Write archive", "Verify checksums"];
        const named = isFar(round) ? "Snapshot" : steps[Math.floor(random(steps.length))]!;
        const step = round % 2 === 0 ? named : null;
        await server.backup({ source: { volume: `local/docker/${volume}` }, consistency });
        const delay = step ? (isFar(round) ? 80 + random(200) : random(60)) : random(usual * 1.1);
        if (step) await server.step(step);
        await wait(delay);
        await server.kill();
        if ((await rig.helpers(ownerOf({ dataDir }))) !== "") helpersLeft += 1;
        const states = await Promise.all(containers.map((container) => rig.state(container)));
        const moment = states.some((state) => state !== "running")
          ? states.find((state) => state !== "running")!
          : "all running";
        moments[moment] = (moments[moment] ?? 0) + 1;
        await start(round + 1);
        await expectSound(
          await lookAfter(),
          containers,
          `round ${round}: ${consistency} ${volume}, ${step ?? "any"} + ${delay.toFixed(0)} ms, ${states}`,
        );
      }
      process.stderr.write(
        `killed in backups: ${JSON.stringify(moments)}, ${helpersLeft} while the engine read, usual ${usual} ms\n`,
      );
      // the proof would prove nothing if nobody had been held
      expect(Object.keys(moments).length).toBeGreaterThan(1);
      expect(helpersLeft).toBeGreaterThan(0);
      await server.kill();
    },
    SECONDS * 1000,
  );

  test(
    `in ${RESTORES} restores in place`,
    async () => {
      const volume = await rig.volume("place", (folder) => fillVolume(folder, 3, { files: 100 }));
      const containers = [
        await rig.container("one", volume, { args: ["--restart", "always", ...healthy] }),
        await rig.container("two", volume, { args: ["--restart", "unless-stopped", ...healthy] }),
      ];
      const folder = rig.folder(volume);
      await server.start();
      const job = await server.backup({ source: { volume: `local/docker/${volume}` } });
      expect(await server.ended()).toMatchObject({ state: "succeeded" });
      const id = (await server.look()).backups.find((one) => one.title === volume)?.id ?? job.id;
      const fresh = treeHash(folder);
      const outcomes: Record<string, number> = {};
      const steps = [
        "Unpack",
        "Stop 2 services",
        "Make safety copy",
        "Verify safety copy",
        "Replace contents",
        "Start services",
        "Wait for health checks",
      ];
      for (let round = 0; round < RESTORES; round += 1) {
        for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name), { recursive: true });
        fillVolume(folder, 100 + round, { files: 80 });
        const old = treeHash(folder);
        const step = steps[round % steps.length]!;
        const delay = random(round % 2 === 0 ? 15 : 250);
        await server.restore(id, { inPlace: true, confirm: volume });
        await server.step(step);
        await wait(delay);
        await server.kill();
        await server.start();
        const label = `round ${round}: ${step} + ${delay.toFixed(0)} ms`;
        await expectSound(await lookAfter(), containers, label);
        const now = treeHash(folder);
        expect([old, fresh], label).toContain(now);
        expect(fs.readdirSync(path.dirname(folder)), label).toEqual(["_data"]);
        const outcome = now === old ? "old" : "new";
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      process.stderr.write(`killed in restores: ${JSON.stringify(outcomes)}\n`);
      expect(Object.keys(outcomes).sort()).toEqual(["new", "old"]);
    },
    SECONDS * 1000,
  );
});
