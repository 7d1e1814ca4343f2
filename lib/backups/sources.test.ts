import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { env } from "#lib/platform/env.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { type FakeEngine, withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { keepSize } from "#lib/volumes/store.ts";
import { allowLabels, forbidLabels, labelsAllowed, readBackupLabels } from "./consent.ts";
import { locksOf } from "./run.ts";
import { sourceKeyOf } from "./source-key.ts";
import { volumesAt } from "./source-users.ts";
import { resolveSource } from "./sources.ts";

const never = new AbortController().signal;
let scratch: Awaited<ReturnType<typeof openScratch>>;
let place: string;
let docker: FakeEngine;
let systemd: FakeSupervisor;

const tell = async () => {
  for (const one of [docker, systemd]) snapshot().apply(one, { type: "reset", records: await one.list() });
};
const volume = (source: string, readOnly = false) => ({ type: "volume" as const, source, target: "/data", readOnly });
const bind = (source: string, readOnly = false) => ({ type: "bind" as const, source, target: "/data", readOnly });

beforeAll(async () => {
  scratch = await openScratch();
  place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-source-")));
  docker = withVolumes(createFake({ host: "local", scope: "docker", kind: "docker" }));
  systemd = createFake({ host: "local", scope: "systemd", kind: "systemd" });
  snapshot().add(docker);
  snapshot().add(systemd);
});
afterAll(async () => {
  docker.close();
  fs.rmSync(place, { recursive: true });
  await scratch.close();
});

beforeEach(async () => {
  docker.hideFolders(false);
  docker.addVolume({ name: "wa-db", group: "shop", labels: { a: "b" }, files: { x: "y" } });
  docker.addVolume({ name: "shop" });
  docker.add({ name: "api", group: "shop" }, { detail: { mounts: [volume("wa-db")] } });
  docker.add({ name: "reader", state: "stopped" }, { detail: { mounts: [volume("wa-db", true)] } });
  docker.add({ name: "everything" }, { detail: { mounts: [bind("/")] } });
  docker.add({ name: "near" }, { detail: { mounts: [bind("/var/lib/docker/volumes/wa-db/_data")] } });
  docker.add({ name: "far" }, { detail: { mounts: [bind("/var/lib/docker")] } });
  await tell();
});

describe("a volume", () => {
  test("with its users, also stopped ones and those that have its folder bound, and what makes it again", async () => {
    await keepSize({ volume: "local/docker/wa-db", measuredAt: new Date(), bytes: 5_000_000_000, files: 3 });
    const found = await resolveSource({ volume: "local/docker/wa-db" });
    expect(found).toMatchObject({ key: "local/docker/wa-db", title: "wa-db", host: "local", size: 5_000_000_000 });
    expect(found.users.map(({ name, readOnly, service }) => [name, readOnly, service])).toEqual([
      ["api", false, "local/docker/api"],
      ["reader", true, "local/docker/reader"],
      ["near", false, "local/docker/near"],
    ]);
    expect(found.context).toMatchObject({ kind: "volume", name: "wa-db", driver: "local", labels: { a: "b" } });
    expect(found.roots).toMatchObject([{ prefix: "", from: { kind: "folder" } }]);
    docker.hideFolders(true);
    const [root] = (await resolveSource({ volume: "local/docker/wa-db" })).roots;
    expect(root?.from.kind).toBe("stream");
    if (root?.from.kind === "stream") expect((await buffer(await root.from.open(never))).includes("./x")).toBe(true);
  });

  test.each([
    ["local/docker/none", "not_found"],
    ["local/podman/wa-db", "not_found"],
    ["local/systemd/wa-db", "not_found"],
    ["wa-db", "validation"],
    ["local/docker/%2e%2e%2finfo", "not_found"],
  ])("%s is %s", async (id, code) => {
    await expect(resolveSource({ volume: id })).rejects.toMatchObject({ code });
  });
});

describe("a folder", () => {
  test("with containers above and below it, and units whose state it is", async () => {
    const folder = path.join(place, "own");
    fs.mkdirSync(path.join(folder, "data"), { recursive: true });
    fs.writeFileSync(path.join(folder, "data/x"), "12345");
    docker.add({ name: "below" }, { detail: { mounts: [bind(`${folder}/data`)] } });
    docker.add({ name: "beside" }, { detail: { mounts: [bind(`${folder}-other`)] } });
    systemd.add({ name: "own.service" }, { detail: { workingDirectory: folder, command: ["/bin/x"] } });
    systemd.add({ name: "other.service" }, { detail: { workingDirectory: "/", command: ["/bin/x"] } });
    await tell();
    const found = await resolveSource({ path: `${folder}/` });
    expect(found).toMatchObject({ key: `local/path/${folder}`, title: folder, size: 5, source: { path: folder } });
    expect(found.users.map(({ service }) => service)).toEqual(["local/docker/below", "local/systemd/own.service"]);
  });

  test("never Trihelm's own, the kernel's, a link's, a file, or one that steps back", async () => {
    fs.symlinkSync("/etc", path.join(place, "link"));
    fs.writeFileSync(path.join(place, "file"), "");
    const code = (wanted: string) =>
      resolveSource({ path: wanted }).then(
        () => "taken",
        (error) => error.code,
      );
    expect(await code("/")).toBe("validation");
    expect(await code("/proc/self")).toBe("validation");
    expect(await code("/sys")).toBe("validation");
    expect(await code("relative")).toBe("validation");
    expect(await code(`${place}/../x`)).toBe("validation");
    expect(await code(path.join(place, "link"))).toBe("validation");
    expect(await code(path.join(place, "link/ssl"))).toBe("validation");
    expect(await code(path.join(place, "file"))).toBe("validation");
    expect(await code(path.join(place, "none"))).toBe("not_found");
    expect(await code(scratch.folder)).toBe("conflict");
    expect(await code("/tmp\0/x")).toBe("validation");
    const around = await resolveSource({ path: path.dirname(scratch.folder) });
    expect(around.roots[0]?.exclude).toEqual([`/${path.basename(scratch.folder)}`]);
    const linked = path.join(place, "linked-data");
    fs.symlinkSync(scratch.folder, linked);
    const config: { dataDir: string } = env();
    config.dataDir = linked;
    try {
      const behind = await resolveSource({ path: path.dirname(scratch.folder) });
      expect(behind.roots[0]?.exclude).toEqual([`/${path.basename(scratch.folder)}`]);
    } finally {
      config.dataDir = scratch.folder;
    }
    await expect(resolveSource({ path: place, host: "elsewhere" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a service as a whole", () => {
  test("unit, environment files and state, each where it was on the machine", async () => {
    const state = path.join(place, "state");
    fs.mkdirSync(path.join(state, "node_modules"), { recursive: true });
    const environment = path.join(place, "x.env");
    fs.writeFileSync(environment, "TOKEN=secret-value\n", { mode: 0o600 });
    const unit = path.join(place, "x.service");
    fs.writeFileSync(unit, "[Service]\n");
    const native = {
      EnvironmentFiles: [
        [environment, true],
        ["/nothing/here", true],
      ],
    };
    const files = [{ path: unit, role: "unit" as const, text: "[Service]\n", problem: null }];
    const detail = { native, files, workingDirectory: state, command: ["/bin/x"] };
    systemd.add({ name: "x.service", state: "running" }, { detail });
    await tell();
    const found = await resolveSource({ service: "local/systemd/x.service" });
    const [first, second, folder] = found.roots;
    expect(found.roots.map(({ prefix }) => prefix)).toEqual(["files", "service", `files${state}`]);
    const made = first?.from.kind === "made" ? first.from.files : [];
    expect(made.map((one) => [one.path, one.mode & 0o777])).toEqual([
      [unit.slice(1), fs.statSync(unit).mode & 0o777],
      [environment.slice(1), 0o600],
    ]);
    expect(String(made[1]?.data)).toContain("secret-value");
    expect(JSON.stringify([found.context, second])).not.toContain("secret-value");
    expect(folder?.exclude).toEqual([]);
    expect(found.users.map(({ name }) => name)).toEqual(["x.service"]);
    expect(found.context).toMatchObject({ supervisor: "systemd", name: "x.service", folders: [state] });
  });

  test("an app of PM2: its folder without what is made again, and what PM2 saved of it", async () => {
    const app = path.join(place, "app");
    fs.mkdirSync(app);
    const pm2 = Object.assign(createFake({ host: "local", scope: "pm2", kind: "pm2" }), {
      savedFile: path.join(place, "dump.pm2"),
      saved: async () => [{ name: "bot", env: { TOKEN: "saved-secret" } }],
    });
    pm2.add({ name: "bot" }, { detail: { workingDirectory: app, command: ["node", "x.js"] } });
    snapshot().add(pm2);
    snapshot().apply(pm2, { type: "reset", records: await pm2.list() });
    const { roots, context } = await resolveSource({ service: "local/pm2/bot" });
    const [files, , folder] = roots;
    const [dump] = files?.from.kind === "made" ? files.from.files : [];
    expect([dump?.path, dump?.mode]).toEqual(["dump.json", 0o600]);
    expect(String(dump?.data)).toContain("saved-secret");
    expect(JSON.stringify(context)).not.toContain("saved-secret");
    expect(folder).toMatchObject({ prefix: `files${app}`, exclude: ["node_modules/"] });
  });

  test("a container is none, but a database's dump is one once that is allowed", async () => {
    await expect(resolveSource({ service: "local/docker/api" })).rejects.toMatchObject({ code: "validation" });
    docker.add({ name: "pg", source: "registry.example:5000/library/postgres:16" });
    await tell();
    const source = { service: "local/docker/pg" };
    await expect(resolveSource(source)).rejects.toMatchObject({ code: "conflict" });
    const consent = { stop: false, pre: false, post: false, dump: true };
    expect(await allowLabels(source.service, consent, "alice")).toMatchObject({
      allowed: { dump: true },
      database: { kind: "postgresql" },
      by: "alice",
    });
    docker.onExec((_name, argv) => ({ exitCode: 0, stdout: argv.join(" ") }));
    const found = await resolveSource(source);
    expect(found).toMatchObject({ key: "local/docker/dump%3Apg", users: [] });
    const [file] = found.roots[0]?.from.kind === "made" ? found.roots[0].from.files : [];
    const dump = async () => (typeof file?.data === "function" ? buffer(await file.data(never)) : null);
    expect(String(await dump())).toContain("pg_dumpall");
    docker.onExec(() => ({ exitCode: 1, stdout: "half", stderr: "no password\n" }));
    await expect(dump()).rejects.toThrow("PostgreSQL ended its dump with 1: no password");
    docker.onExec(() => ({ exitCode: 0 }));
    await expect(dump()).rejects.toThrow("dumped nothing");
    await forbidLabels(source.service);
    await expect(resolveSource(source)).rejects.toMatchObject({ code: "conflict" });
  });
});

test("a stack: its volumes, those that its containers use, and a name that is a volume's too is another source", async () => {
  const found = await resolveSource({ stack: "local/docker/shop" });
  expect(found).toMatchObject({ key: "local/docker/stack%3Ashop", title: "shop" });
  expect(found.roots.map(({ prefix }) => prefix)).toEqual(["volumes/wa-db"]);
  expect(found.users.map(({ name }) => name)).toContain("api");
  expect(sourceKeyOf({ volume: "local/docker/shop" })).toBe("local/docker/shop");
  await expect(resolveSource({ stack: "local/docker/none" })).rejects.toMatchObject({ code: "not_found" });
});

test("labels do nothing before they are allowed, and nothing again once they have changed", async () => {
  const labels = {
    "docker-volume-backup.stop-during-backup": "true",
    "docker-volume-backup.archive-pre": "/bin/sh -c 'dump it'",
  };
  docker.add({ name: "labelled" }, { detail: { native: { Config: { Labels: labels } } } });
  await tell();
  const user = { service: "local/docker/labelled", labels };
  const nothing = { stop: false, pre: null, post: null };
  expect(await labelsAllowed(user)).toEqual(nothing);
  await expect(
    allowLabels(user.service, { stop: true, pre: true, post: true, dump: false }, "alice"),
  ).rejects.toMatchObject({ code: "conflict" });
  await allowLabels(user.service, { stop: true, pre: true, post: false, dump: false }, "alice");
  expect(await labelsAllowed(user)).toEqual({ stop: true, pre: ["/bin/sh", "-c", "dump it"], post: null });
  const changed = { ...labels, "docker-volume-backup.archive-pre": "/bin/sh -c 'rm it'" };
  expect(await labelsAllowed({ ...user, labels: changed })).toEqual({ stop: true, pre: null, post: null });
  expect(await labelsAllowed({ ...user, labels: {} })).toEqual(nothing);
  expect(await labelsAllowed({ ...user, service: "local/docker/other" })).toEqual(nothing);
  expect(await readBackupLabels(user.service)).toMatchObject({
    asks: { stop: true, pre: ["/bin/sh", "-c", "dump it"], post: null },
    allowed: { stop: true, pre: true, post: false, dump: false },
  });
});

test("jobs about a stack, a volume of it and a folder in that volume wait for each other, with no service in common", async () => {
  docker.addVolume({ name: "lone", group: "quiet", files: { "below/x": "y" } });
  await tell();
  const { mountpoint } = (await docker.volumes()).find(({ name }) => name === "lone")!;
  const stack = locksOf(await resolveSource({ stack: "local/docker/quiet" }));
  const volume_ = locksOf(await resolveSource({ volume: "local/docker/lone" }));
  expect(volume_).toEqual(["source local/docker/lone"]);
  expect(stack).toContain("source local/docker/lone");
  fs.mkdirSync(path.join(place, "elsewhere"), { recursive: true });
  expect(locksOf(await resolveSource({ path: path.join(place, "elsewhere") }))).not.toContain(
    "source local/docker/lone",
  );
  expect(await volumesAt(`${mountpoint}/below`)).toEqual(["local/docker/lone"]);
});
