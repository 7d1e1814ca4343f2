import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addBackup } from "#lib/backups/store.ts";
import { figureHistory, HOST } from "#lib/metrics/keep.ts";
import type { Happening } from "#lib/services/events/happening.ts";
import { recordHappenings } from "#lib/services/events/record.ts";
import { sampler } from "#lib/services/sample.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

process.env.TRIHELM_METRICS_ALLOW = "198.51.100.0/28";
const api = scratchApi();
const ending = new AbortController();
const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
const WEB = "/api/v1/services/local/docker/web";

beforeAll(async () => {
  docker.add({ name: "web", group: "shop" });
  docker.add({ name: 'quo"te\nd', memoryLimit: 4096 });
  await recordHappenings();
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
});
afterAll(() => ending.abort());

const BACKUP: Parameters<typeof addBackup>[0] = {
  ...{ id: "b1", source: { volume: "local/docker/wa-db" }, sourceKey: "local/docker/wa-db", host: "here" },
  ...{ createdAt: new Date(), size: 4096, originalSize: 9000, files: 3, sha256: "0".repeat(64), consistency: "pause" },
  ...{ toolName: "trihelm", toolVersion: "1", place: "x", extra: { title: "wa-db" } },
};

const happened = async (name = "web") => {
  const { body } = await api.call("GET", `/api/v1/services/local/docker/${name}/events`);
  return (body as { items: Happening[] }).items;
};

describe("what happened", () => {
  test("is kept with who asked, newest first", async () => {
    expect(await happened()).toEqual([]);
    expect((await api.call("POST", `${WEB}/restart`, {})).status).toBe(200);
    await vi.waitFor(
      async () =>
        expect((await happened())[0]).toMatchObject({ kind: "restarted", by: expect.stringContaining("admin") }),
      3000,
    );
    docker.set("web", {
      state: "failed",
      lastExit: { code: 3, signal: null, oomKilled: false, at: null },
      reason: "exit 3",
    });
    await vi.waitFor(
      async () =>
        expect(await happened()).toMatchObject([{ kind: "exited", code: 3, reason: "exit 3" }, { kind: "restarted" }]),
      3000,
    );
    expect((await api.call("GET", `${WEB}/events?limit=1`)).body).toMatchObject({ items: [{ kind: "exited" }] });
  });

  test("asks in its own words for what it needs", async () => {
    expect((await api.call("GET", `${WEB}/events?limit=0`)).status).toBe(400);
    expect((await api.call("GET", "/api/v1/services/local/docker/none/events")).status).toBe(404);
    expect((await api.request(`${WEB}/events`, { as: {} })).status).toBe(401);
  });
});

describe("figures over time", () => {
  test("come as points, the last hour unless told", async () => {
    const now = Math.floor(Date.now() / 10_000) * 10;
    for (let at = now - 600; at < now; at += 10)
      figureHistory().take(at, [
        ["local/docker/web", "cpu", 0.5],
        ["local/docker/web", "memory", 1e9],
        [HOST, "load", 2],
      ]);
    const { series } = (await api.call("GET", `${WEB}/metrics`)).body as { series: Record<string, [number, number][]> };
    expect(Object.keys(series)).toEqual(["cpu", "memory", "restarts"]);
    expect(series.cpu?.length).toBe(60);
    expect(series.cpu?.[0]).toEqual([(now - 600) * 1000, 0.5]);
    expect(series.memory?.every(([, value]) => value === 1e9)).toBe(true);
    const asked = (await api.call("GET", `${WEB}/metrics?series=memory,networkIn`)).body as { series: object };
    expect(Object.keys(asked.series)).toEqual(["memory", "networkIn"]);
    const minutes = (await api.call("GET", `${WEB}/metrics?from=5m&step=60`)).body as { series: { cpu: unknown[] } };
    expect(minutes.series.cpu.length).toBeLessThanOrEqual(6);
    expect((await api.call("GET", "/api/v1/host/metrics?from=1h")).body).toMatchObject({
      series: { load: expect.any(Array) },
    });
  });

  test.each([
    "from=tomorrow",
    "from=2026-13-99T00:00:00Z",
    "from=1m&to=2m",
    "step=1",
    "step=x",
    "series=cpu,none",
    "unknown=1",
  ])("%s is refused", async (query) => {
    expect((await api.call("GET", `${WEB}/metrics?${query}`)).status).toBe(400);
  });
});

describe("/metrics", () => {
  const scrape = (as: Parameters<typeof api.request>[1]) => api.request("/api/metrics", as);

  test("is the exposition format, for a token that may read", async () => {
    await sampler().read();
    await addBackup(BACKUP, null);
    const answer = await scrape({ as: "viewer" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("version=0.0.4");
    const text = await answer.text();
    expect(text).toContain(
      'trihelm_service_state{host="local",supervisor="docker",service="web",group="shop",state="failed"} 1\n',
    );
    expect(text).toContain(
      'trihelm_service_memory_limit_bytes{host="local",supervisor="docker",service="quo\\"te\\nd",group=""} 4096\n',
    );
    expect(text).toContain("# TYPE trihelm_service_restarts_total counter\n");
    expect(text).toContain(
      'trihelm_backup_size_bytes{host="local",supervisor="docker",service="wa-db",group=""} 4096\n',
    );
    for (const line of text.split("\n").filter(Boolean))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+\{(\w+="(?:[^"\\]|\\.)*",?)+\} -?[\d.e+-]+)$/);
  });

  test("nobody else reads it, but from an address that was named", async () => {
    expect((await scrape({ as: {} })).status).toBe(401);
    expect((await scrape({ as: { authorization: "Bearer trh_wrong" } })).status).toBe(401);
    expect((await scrape({ as: {}, address: "198.51.100.7" })).status).toBe(200);
    expect((await scrape({ as: { authorization: "Bearer trh_wrong" }, address: "198.51.100.7" })).status).toBe(401);
  });
});
