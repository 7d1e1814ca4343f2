import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer } from "#lib/auth/people-rig.ts";
import { bus } from "#lib/events/bus.ts";
import { ended, holdNames } from "#lib/jobs/run.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { type FakeEngine, withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { forgetCoverage } from "#lib/volumes/coverage.ts";
import { measureVolume } from "#lib/volumes/measure.ts";
import { scratchApi } from "./api-rig.ts";

const V = "/api/v1/volumes";
const PNG = Buffer.from("89504e470d0a1a0a0000", "hex");
const never = new AbortController().signal;
const api = scratchApi();
let docker: FakeEngine;

const tell = async () => snapshot().apply(docker, { type: "reset", records: await docker.list() });
const volume = (source: string) => ({ type: "volume" as const, source, target: "/data", readOnly: false });

beforeAll(async () => {
  docker = withVolumes(createFake({ host: "local", scope: "docker", kind: "docker" }));
  snapshot().add(docker);
  docker.addVolume({ name: "wa-db", group: "wa", files: { "a/b.txt": "hello", "a/c.png": PNG, "x.html": "<script>" } });
  docker.addVolume({ name: "other", files: { f: "g" } });
  docker.add({ name: "wa-api", group: "wa" }, { detail: { mounts: [volume("wa-db")] } });
  docker.add({ name: "stranger", state: "stopped" }, { detail: { mounts: [volume("wa-db")] } });
  await tell();
});
afterAll(() => docker.close());

const names = (body: { items: { name: string }[] }) => body.items.map(({ name }) => name);
const narrowed = () => bearer(api.people.admin, { name: `narrow-${Math.random()}`, services: ["local/docker/wa-*"] });

describe("the list", () => {
  test("has what the engine says and what was measured, cut to the caller's patterns", async () => {
    await measureVolume("local/docker/wa-db", never);
    const { body } = await api.call("GET", V);
    expect(names(body)).toEqual(["other", "wa-db"]);
    expect(body.items[1]).toMatchObject({
      id: "local/docker/wa-db",
      driver: "local",
      group: "wa",
      size: 23,
      files: 3,
      usedBy: ["local/docker/stranger", "local/docker/wa-api"],
      unusedSince: null,
      protected: false,
      lastBackup: null,
      schedule: null,
      actions: ["backup", "restore", "clone", "delete", "protect"],
    });
    expect(body.items[0]).toMatchObject({ size: null, usedBy: [] });
    expect(body.items[0].unusedSince).toMatch(/^\d{4}-/);
    expect(body.totals).toMatchObject({ volumes: { count: 2, size: 23, protected: 0 }, next: null });
    const few = await api.call("GET", V, undefined, { as: await narrowed() });
    expect(names(few.body)).toEqual(["wa-db"]);
    expect(few.body.items[0].usedBy).toEqual(["local/docker/wa-api"]);
    expect((await api.call("GET", V, undefined, { as: "viewer" })).body.items[0].actions).toEqual([]);
    expect((await api.call("GET", V, undefined, { as: null })).status).toBe(401);
  });

  test("an engine that is away keeps what it said last", async () => {
    docker.down();
    expect(names((await api.call("GET", V)).body)).toEqual(["other", "wa-db"]);
    expect((await api.call("GET", `${V}/local/docker/wa-db/files`)).status).toBe(503);
    docker.up();
  });

  test("10,000 volumes", async () => {
    const many = withVolumes(createFake({ host: "local", scope: "podman", kind: "podman" }));
    for (let n = 0; n < 10_000; n += 1) many.addVolume({ name: `v-${n}` });
    snapshot().add(many);
    const { status, body } = await api.call("GET", V);
    expect([status, body.items.length]).toEqual([200, 10_002]);
    many.close();
    many.removeVolume = async () => undefined;
    Object.assign(many, { volumes: async () => [] });
  });
});

describe("making and changing", () => {
  test("a new one is there at once; a name that is taken or none is told so", async () => {
    const told: unknown[] = [];
    const stop = bus().subscribe(({ name, data }) => name === "volume" && told.push(data));
    const made = await api.call("POST", V, { name: "fresh", labels: { a: "b" } });
    stop();
    expect(made).toMatchObject({ status: 201, body: { id: "local/docker/fresh", labels: { a: "b" }, size: null } });
    expect(told).toContainEqual({ id: "local/docker/fresh" });
    const status = async (body: unknown, as?: Record<string, string>) =>
      (await api.call("POST", V, body, as ? { as } : {})).status;
    expect(await status({ name: "fresh" })).toBe(409);
    expect(await status({ name: "../x" })).toBe(400);
    expect(await status({ name: "ok", labels: { "trihelm.helper": "1" } })).toBe(400);
    expect(await status({ name: "ok", host: "elsewhere" })).toBe(404);
    expect(await status({ name: "ok" }, await narrowed())).toBe(403);
    expect(await status({ name: "wa-new" }, await narrowed())).toBe(201);
    expect((await api.call("POST", V, { name: "ok" }, { as: "operator" })).status).toBe(403);
  });

  test("in use it stays; protected it takes its name; a backup is made first unless told otherwise", async () => {
    const at = (name: string) => `${V}/local/docker/${name}`;
    const used = await api.call("DELETE", at("wa-db"));
    expect(used).toMatchObject({ status: 409, body: { detail: expect.stringContaining("wa-api, stranger") } });
    expect((await api.call("PATCH", at("fresh"), { protected: true })).body.protected).toBe(true);
    const typed = await api.call("DELETE", `${at("fresh")}?backup=false`);
    expect(typed).toMatchObject({ status: 409, body: { confirm: "fresh", typed: true } });
    expect((await api.call("DELETE", at("fresh"), { confirm: "fresh", backup: false })).status).toBe(204);
    expect((await api.call("DELETE", at("fresh"))).status).toBe(404);
    expect((await api.call("DELETE", at("other"), undefined, { as: "operator" })).status).toBe(403);
    const { status, body } = await api.call("DELETE", at("other"));
    expect([status, body.kind, body.subject]).toEqual([202, "delete", "local/docker/other"]);
    await ended(body.id);
    const job = (await api.call("GET", `/api/v1/jobs/${body.id}`)).body;
    expect(job).toMatchObject({ state: "succeeded", error: null });
    expect((await api.call("GET", at("other"))).status).toBe(404);
    const kept = (await api.call("GET", `/api/v1/backups/${job.result.backup}`)).body;
    expect(kept).toMatchObject({ title: "other", safety: { for: "delete" }, files: 1 });
    const trail = (await api.call("GET", "/api/v1/audit?action=volume.remove")).body;
    expect(trail.items.map(({ outcome }: { outcome: string }) => outcome).sort()).toEqual(["done", "intended"]);
  });

  test("what a job works with is not removed under it, with no backup wanted either", { timeout: 20_000 }, async () => {
    docker.addVolume({ name: "busy" });
    const letGo = await holdNames(["source local/docker/busy"], never);
    expect((await api.call("DELETE", `${V}/local/docker/busy?backup=false`)).status).toBe(409);
    letGo();
    expect((await api.call("DELETE", `${V}/local/docker/busy?backup=false`)).status).toBe(204);
  });

  test.each([false, true])(
    "a clone is as the original, and who writes into it is paused (engine only: %s)",
    async (isHidden) => {
      docker.hideFolders(isHidden);
      const name = `wa-copy-${isHidden}`;
      const calls = docker.calls.length;
      const { status, body } = await api.call("POST", `${V}/local/docker/wa-db/clone`, { name });
      expect(status).toBe(202);
      await ended(body.id);
      expect((await api.call("GET", `/api/v1/jobs/${body.id}`)).body).toMatchObject({
        state: "succeeded",
        result: { volume: `local/docker/${name}` },
      });
      expect(docker.calls.slice(calls).map((call) => [call.name, call.action])).toEqual([
        ["wa-api", "pause"],
        ["wa-api", "unpause"],
      ]);
      docker.hideFolders(false);
      const text = fs.readFileSync(path.join(await docker.folderOf(name), "a/b.txt"), "utf8");
      expect(text).toBe("hello");
      expect((await api.call("POST", `${V}/local/docker/wa-db/clone`, { name })).status).toBe(409);
    },
  );
});

describe("looking inside", () => {
  const at = `${V}/local/docker/wa-db`;

  test("folders in pages, links shown and never followed, names that are no text", async () => {
    const folder = await docker.folderOf("wa-db");
    fs.symlinkSync("/etc", path.join(folder, "out"));
    fs.symlinkSync("/etc/passwd", path.join(folder, "passwd"));
    const odd = Buffer.concat([Buffer.from("odd-"), Buffer.from([0xff, 0x0a, 0x5c])]);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), odd]), "odd bytes");
    const { body } = await api.call("GET", `${at}/files`, undefined, { as: "viewer" });
    expect(body).toMatchObject({ path: "/", total: 5 });
    expect(body.items.map((one: { name: string; type: string }) => [one.name, one.type])).toEqual([
      ["a", "folder"],
      ["odd-\\xff\\x0a\\x5c", "file"],
      ["out", "link"],
      ["passwd", "link"],
      ["x.html", "file"],
    ]);
    expect(body.items[2]).toMatchObject({ target: "/etc", path: "/out" });
    const bytes = await api.request(`${at}/file?path=${encodeURIComponent(body.items[1].path)}`);
    expect(await bytes.text()).toBe("odd bytes");
    const first = (await api.call("GET", `${at}/files?limit=2`)).body;
    const next = (await api.call("GET", `${at}/files?limit=3&cursor=${first.nextCursor}`)).body;
    expect([...names(first), ...names(next)]).toEqual(names(body));
    expect(next.nextCursor).toBeUndefined();
    expect((await api.call("GET", `${at}/files?path=/a`)).body).toMatchObject({ path: "/a", total: 2 });
  });

  test("what was restored from a stack or a folder takes reveal, and so does a clone of it", async () => {
    docker.addVolume({ name: "wa-stack", labels: { "trihelm.reveal": "1" }, files: { ".env": "canary" } });
    const { body } = await api.call("POST", `${V}/local/docker/wa-stack/clone`, { name: "wa-stack-2" });
    await ended(body.id);
    for (const name of ["wa-stack", "wa-stack-2"])
      for (const what of ["files", "file?path=/.env"]) {
        const from = `${V}/local/docker/${name}/${what}`;
        expect((await api.call("GET", from, undefined, { as: "viewer" })).status).toBe(403);
        expect((await api.request(from)).status).toBe(200);
      }
    expect((await api.call("GET", `${at}/files`, undefined, { as: "viewer" })).status).toBe(200);
  });

  test.each([
    ["files?path=/out", 400],
    ["files?path=/out/ssl", 400],
    ["file?path=/passwd", 400],
    ["file?path=/out/passwd", 400],
    ["file?path=/../../etc/passwd", 400],
    ["files?path=/a/..", 400],
    ["file?path=%5Cx2e%5Cx2e/etc/passwd", 400],
    ["file?path=a%5Cx2fb.txt", 400],
    ["file?path=/a", 400],
    ["files?path=/x.html", 400],
    ["file?path=/none", 404],
    ["files?cursor=..", 400],
    ["file?path=/pipe", 400],
  ])("%s is %s", async (what, status) => {
    const folder = await docker.folderOf("wa-db");
    if (!fs.existsSync(path.join(folder, "pipe"))) {
      const { execFileSync } = await import("node:child_process");
      execFileSync("mkfifo", [path.join(folder, "pipe")]);
    }
    expect((await api.call("GET", `${at}/${what}`)).status).toBe(status);
  });

  test.each([false, true])(
    "a file: its type by what is in it, ranges, nothing that runs (engine only: %s)",
    async (isHidden) => {
      docker.hideFolders(isHidden);
      const get = (file: string, headers: Record<string, string> = {}) =>
        api.request(`${at}/file?path=${file}`, { headers });
      const html = await get("/x.html");
      expect(html.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(html.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
      expect(html.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await get("/a/c.png")).headers.get("content-type")).toBe("image/png");
      const download = await get("/a/b.txt&download=1");
      expect(download.headers.get("content-disposition")).toMatch(/^attachment; filename="b.txt"/);
      expect(download.headers.get("content-type")).toBe("application/octet-stream");
      expect(await download.text()).toBe("hello");
      const part = await get("/a/b.txt", { range: "bytes=1-3" });
      expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 1-3/5", "ell"]);
      expect((await get("/a/b.txt", { range: "bytes=9-" })).status).toBe(416);
      const list = (await api.call("GET", `${at}/files?path=/a`)).body;
      expect(names(list)).toEqual(["b.txt", "c.png"]);
      docker.hideFolders(false);
      await expect.poll(() => docker.openHelpers).toBe(0);
    },
  );
});

test("coverage: what has no backup, what once had one, and what a folder's backup has in it", async () => {
  const place = fs.realpathSync(fs.mkdtempSync(path.join(api.folder(), "..", "trihelm-bind-")));
  const bind = { type: "bind" as const, source: place, target: "/x", readOnly: false };
  const system = { ...bind, source: "/etc" };
  docker.add({ name: "binder" }, { detail: { mounts: [bind, system] } });
  await tell();
  forgetCoverage();
  const read = async (as?: Record<string, string>) =>
    (await api.call("GET", "/api/v1/coverage", undefined, as ? { as } : {})).body.items as {
      kind: string;
      title: string;
      covered: string;
      source: object;
    }[];
  const before = await read();
  expect(before.find(({ title }) => title === place)).toMatchObject({
    kind: "bind",
    source: { path: place },
    covered: "none",
    services: ["local/docker/binder"],
  });
  expect(before.map(({ title }) => title)).not.toContain("/etc");
  expect(before).toContainEqual(expect.objectContaining({ kind: "compose", title: "wa" }));
  const { body: job } = await api.call("POST", "/api/v1/backups", { source: { path: place }, consistency: "live" });
  await ended(job.id);
  expect((await read()).find(({ title }) => title === place)).toMatchObject({ covered: "once" });
  expect((await read(await narrowed())).map(({ kind, title }) => [kind, title])).toEqual(
    expect.arrayContaining([["volume", "wa-db"]]),
  );
  expect((await read(await narrowed())).map(({ title }) => title)).not.toContain(place);
  fs.rmSync(place, { recursive: true });
});
