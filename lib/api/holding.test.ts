import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer } from "#lib/auth/people-rig.ts";
import { writeConsent } from "#lib/backups/consent/store.ts";
import { ended } from "#lib/jobs/run.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { type FakeEngine, withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { scratchApi } from "./api-rig.ts";

const api = scratchApi();
const volume = "local/docker/wa-db";
const source = { volume };
const mounts = [{ type: "volume" as const, source: "wa-db", target: "/data", readOnly: false }];
let docker: FakeEngine;
let as: Record<string, string>;

beforeAll(async () => {
  docker = withVolumes(createFake({ host: "local", scope: "docker", kind: "docker" }));
  snapshot().add(docker);
  docker.addVolume({ name: "wa-db", files: { a: "b" } });
  docker.add({ name: "wa-api" }, { detail: { mounts } });
  const labels = { "docker-volume-backup.stop-during-backup": "true" };
  docker.add({ name: "stranger" }, { detail: { mounts } });
  const users = docker.volumeUsers.bind(docker);
  const labelled = async (name: string) =>
    (await users(name)).map((user) => (user.name === "stranger" ? { ...user, labels } : user));
  Object.assign(docker, { volumeUsers: labelled });
  snapshot().apply(docker, { type: "reset", records: await docker.list() });
  as = await bearer(api.people.admin, { services: ["local/docker/wa-*"] });
});
afterAll(() => docker.close());

const post = async (path: string, body?: unknown) => (await api.call("POST", `/api/v1${path}`, body, { as })).status;

test("whoever is limited to some services holds no others still, by whatever way", { timeout: 60_000 }, async () => {
  const plan = { source, cron: "0 3 1 1 *", timezone: "UTC", keep: { last: 1 }, consistency: "pause" };
  const { id } = (await api.call("POST", "/api/v1/schedules", plan)).body;
  expect(await post("/backups", { source })).toBe(403);
  expect(await post(`/schedules/${id}/run`)).toBe(403);
  expect(await post("/schedules", plan)).toBe(403);
  expect((await api.call("PATCH", `/api/v1/schedules/${id}`, { enabled: true }, { as })).status).toBe(403);
  expect(await post(`/volumes/${volume}/clone`, { name: "wa-two" })).toBe(403);
  const live = await api.call("POST", "/api/v1/backups", { source, consistency: "live" }, { as });
  expect(live.status).toBe(202);
  await ended(live.body.id);
  expect(docker.calls).toEqual([]);
});

test("a label that is allowed to stop its container counts, although nobody is held otherwise", async () => {
  await writeConsent({ service: "local/docker/stranger", labels: JSON.stringify({ stop: "true" }), by: "alice" });
  expect(await post("/backups", { source, consistency: "live" })).toBe(403);
});
