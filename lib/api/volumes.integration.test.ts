import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bus } from "#lib/events/bus.ts";
import { ended } from "#lib/jobs/run.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";
import { openFarEngine } from "#lib/supervisors/docker/far-engine-rig.ts";
import { measureVolume } from "#lib/volumes/measure.ts";
import { watchVolumes } from "#lib/volumes/watch.ts";
import { scratchApi } from "./api-rig.ts";

const SOCKET = "/var/run/docker.sock";
const PREFIX = "trihelm-apivol";
const IMAGE = `${PREFIX}:base`;
const OWNER = "apivoltest";
const docker = cliOf(`unix://${SOCKET}`);
const api = scratchApi();
const ending = new AbortController();
const named = (name: string) => `${PREFIX}-${name}`;
let far: Awaited<ReturnType<typeof openFarEngine>>;

beforeAll(async () => {
  await makeImage(docker, IMAGE);
  far = await openFarEngine(SOCKET);
  // left by a server that was killed
  await docker("create", "--label", `trihelm.helper=${OWNER}`, IMAGE, "never-started");
  const near = createDocker({ host: "local", endpoint: `unix://${SOCKET}`, owner: OWNER });
  const remote = createDocker({ host: "far", endpoint: far.endpoint, owner: OWNER });
  for (const one of [near, remote]) watchSupervisor(one, ending.signal);
  void watchVolumes(ending.signal);
}, 60_000);
afterAll(async () => {
  ending.abort();
  const left = (await docker("volume", "ls", "--quiet", "--filter", `name=${PREFIX}`)).split("\n").filter(Boolean);
  await docker("rm", "--force", named("writer")).catch(() => "gone");
  for (const name of left) await docker("volume", "rm", name).catch(() => "gone");
  await docker("rmi", "--force", IMAGE);
  far.close();
}, 60_000);

const helpers = () => docker("ps", "--all", "--quiet", "--filter", `label=trihelm.helper=${OWNER}`);
const call = (method: string, at: string, body?: unknown) => api.call(method, `/api/v1${at}`, body);
const isListed = async (id: string) =>
  (await call("GET", "/volumes")).body.items.some((one: { id: string }) => one.id === id);

test("a volume that another tool makes and removes is told to pages", async () => {
  const told: string[] = [];
  const stop = bus().subscribe(({ name, data }) => name === "volume" && told.push((data as { id: string }).id));
  const id = `local/docker/${named("other-tool")}`;
  await expect
    .poll(
      () =>
        snapshot()
          .supervisors()
          .every(({ available }) => available),
      { timeout: 10_000 },
    )
    .toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await docker("volume", "create", named("other-tool"));
  expect(await isListed(id)).toBe(true);
  await expect.poll(() => told, { timeout: 5000 }).toContain(id);
  expect(await helpers()).toBe("");
  told.length = 0;
  await docker("volume", "rm", named("other-tool"));
  expect(await isListed(id)).toBe(false);
  await expect.poll(() => told, { timeout: 5000 }).toContain(id);
  stop();
}, 30_000);

test.each(["local", "far"])(
  "made, filled, looked into, cloned, removed with its backup (%s)",
  async (host) => {
    const name = named(host);
    const at = `/volumes/${host}/docker/${name}`;
    expect((await call("POST", "/volumes", { host, name, labels: { "trihelm-test": "1" } })).status).toBe(201);
    await docker(
      "run",
      "--detach",
      "--name",
      named("writer"),
      "--volume",
      `${name}:/data`,
      IMAGE,
      "sh",
      "-c",
      "sleep 600",
    );
    await docker("exec", named("writer"), "sh", "-c", "echo hello > /data/a; head -c 3000000 /dev/zero > /data/large");
    const folder = `/var/lib/docker/volumes/${name}/_data`;
    fs.mkdirSync(path.join(folder, "sub/deep"), { recursive: true });
    fs.symlinkSync("/etc", path.join(folder, "sub/out"));
    fs.chownSync(path.join(folder, "a"), 1234, 99);
    expect((await call("GET", at)).body.usedBy).toEqual([`${host}/docker/${named("writer")}`]);
    expect(await measureVolume(`${host}/docker/${name}`, ending.signal)).toEqual({ bytes: 3_000_006, files: 2 });
    expect((await call("GET", `${at}/files`)).body).toMatchObject({
      total: 3,
      items: [
        { name: "sub", type: "folder" },
        { name: "a", size: 6, owner: "1234:99" },
        { name: "large", size: 3_000_000 },
      ],
    });
    expect((await call("GET", `${at}/files?path=/sub`)).body.items).toMatchObject([
      { name: "deep", type: "folder" },
      { name: "out", type: "link", target: "/etc" },
    ]);
    expect((await call("GET", `${at}/file?path=/sub/out/passwd`)).status).toBeGreaterThanOrEqual(400);
    expect((await call("GET", `${at}/file?path=/none`)).status).toBe(404);
    expect(await (await api.request(`/api/v1${at}/file?path=/a`)).text()).toBe("hello\n");

    const copy = named(`${host}-copy`);
    const cloned = await call("POST", `${at}/clone`, { name: copy });
    await ended(cloned.body.id);
    expect((await call("GET", `/jobs/${cloned.body.id}`)).body).toMatchObject({ state: "succeeded", error: null });
    const tree = (of: string) =>
      execFileSync(
        "bash",
        ["-c", `cd /var/lib/docker/volumes/${of}/_data && find . -printf '%p %y %m %U:%G %l\\n' | sort`],
        {
          encoding: "utf8",
        },
      );
    expect(tree(copy)).toBe(tree(name));

    expect((await call("DELETE", at)).status).toBe(409);
    await docker("rm", "--force", named("writer"));
    const removed = await call("DELETE", at);
    expect(removed.status).toBe(202);
    await ended(removed.body.id);
    const job = (await call("GET", `/jobs/${removed.body.id}`)).body;
    expect(job).toMatchObject({ state: "succeeded", error: null });
    expect((await call("GET", `/backups/${job.result.backup}`)).body).toMatchObject({
      files: 2,
      originalSize: 3_000_006,
    });
    expect(fs.existsSync(folder)).toBe(false);
    expect((await call("DELETE", `/volumes/${host}/docker/${copy}?backup=0`)).status).toBe(204);
    await expect.poll(helpers).toBe("");
  },
  60_000,
);

test("what lies in a volume cannot lead the server out of it while it is swapped", async () => {
  const name = named("race");
  await call("POST", "/volumes", { name });
  const folder = `/var/lib/docker/volumes/${name}/_data`;
  fs.mkdirSync(path.join(folder, "real"));
  fs.writeFileSync(path.join(folder, "real/passwd"), "harmless");
  fs.symlinkSync("/etc", path.join(folder, "trap"));
  let isOver = false;
  const swapping = (async () => {
    while (!isOver) {
      fs.renameSync(path.join(folder, "real"), path.join(folder, "spot"));
      await new Promise((resolve) => setImmediate(resolve));
      fs.renameSync(path.join(folder, "spot"), path.join(folder, "real"));
      fs.renameSync(path.join(folder, "trap"), path.join(folder, "spot"));
      await new Promise((resolve) => setImmediate(resolve));
      fs.renameSync(path.join(folder, "spot"), path.join(folder, "trap"));
    }
  })();
  const seen = new Map<string, number>();
  for (let n = 0; n < 300; n += 1) {
    const answer = await api.request(`/api/v1/volumes/local/docker/${name}/file?path=/spot/passwd`);
    const text = answer.status === 200 ? await answer.text() : String(answer.status);
    seen.set(text, (seen.get(text) ?? 0) + 1);
  }
  isOver = true;
  await swapping;
  expect([...seen.keys()].filter((text) => !["harmless", "400", "404"].includes(text))).toEqual([]);
  expect(seen.get("harmless") ?? 0).toBeGreaterThan(0);
  expect(seen.get("400") ?? 0).toBeGreaterThan(0);
}, 60_000);
