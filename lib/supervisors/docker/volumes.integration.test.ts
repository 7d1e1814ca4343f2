import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDocker } from "./adapter.ts";
import { cliOf, makeImage } from "./contract-rig.ts";

const ENDPOINT = "unix:///var/run/docker.sock";
const PREFIX = "trihelm-dkvol";
const IMAGE = `${PREFIX}:base`;
const OWNER = "dkvoltest";
const docker = cliOf(ENDPOINT);
const supervisor = createDocker({ host: "local", endpoint: ENDPOINT, owner: OWNER });
/** what is on this machine cannot be told from what is elsewhere, but by asking the engine */
const never = new AbortController().signal;
const named = (name: string) => `${PREFIX}-${name}`;
const containers: string[] = [];
const volumes: string[] = [];

async function volume(name: string): Promise<string> {
  volumes.push(named(name));
  await supervisor.createVolume({ name: named(name), labels: { "trihelm.test": "1" } });
  return named(name);
}
async function container(name: string, settings: string[], run = true) {
  containers.push(named(name));
  const first = run ? ["run", "--detach"] : ["create"];
  await docker(...first, "--name", named(name), "--label", "trihelm.test=1", ...settings, IMAGE, "sleep", "600");
  return named(name);
}
const helpers = () => docker("ps", "--all", "--quiet", "--filter", `label=trihelm.helper=${OWNER}`);
const folderOf = (name: string) => supervisor.volumeFolder(name, { write: true }).then((found) => found as string);
const shell = (script: string) => execFileSync("bash", ["-c", script], { encoding: "utf8" });
/** everything that engines say of a tree: times in whole seconds, no extended attributes */
const treeOf = (folder: string) =>
  shell(
    `cd ${folder} && find . -printf '%p %y %m %U:%G %s %Ts %n %l\\n' | sed -E '/ d /s/ [0-9]+ ([0-9]+) [0-9]+ $/ \\1/' | sort; find . -type f | sort | xargs -d '\\n' sha256sum`,
  );

beforeAll(() => makeImage(docker, IMAGE), 60_000);
afterAll(async () => {
  supervisor.close();
  if (containers.length > 0) await docker("rm", "--force", ...containers).catch(() => "some are gone already");
  for (const name of volumes) await docker("volume", "rm", name).catch(() => "gone already");
  await docker("rmi", "--force", IMAGE);
}, 60_000);

function fill(folder: string) {
  const long = "l".repeat(200);
  fs.mkdirSync(path.join(folder, "a/b"), { recursive: true });
  fs.mkdirSync(path.join(folder, long, long), { recursive: true });
  fs.writeFileSync(path.join(folder, "a/x"), "hi\n");
  fs.chownSync(path.join(folder, "a/x"), 1234, 99);
  fs.linkSync(path.join(folder, "a/x"), path.join(folder, "a/b/hard"));
  fs.chmodSync(path.join(folder, "a/b/hard"), 0o4755);
  fs.symlinkSync("/etc/passwd", path.join(folder, "out"));
  fs.symlinkSync("../../../leads/out", path.join(folder, "a/b/far"));
  fs.writeFileSync(path.join(folder, long, long, long), "deep");
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff])]), "bytes");
  fs.writeFileSync(path.join(folder, "large"), Buffer.alloc(3_000_000, "large"), { mode: 0o755 });
  fs.chmodSync(path.join(folder, "large"), 0o4755);
  fs.chownSync(folder, 999, 998);
  fs.chmodSync(folder, 0o700);
}

describe("content", { timeout: 60_000 }, () => {
  test("comes and goes through the engine, owners and root included, and no helper stays", async () => {
    const [from, to] = [await volume("from"), await volume("to")];
    fill(await folderOf(from));
    fs.writeFileSync(path.join(await folderOf(to), "stays"), "here");
    const stream = await supervisor.readVolume(from, never);
    await supervisor.writeVolume(to, stream, never);
    fs.rmSync(path.join(await folderOf(to), "stays"));
    fs.utimesSync(await folderOf(to), 1, 1);
    fs.utimesSync(await folderOf(from), 1, 1);
    expect(treeOf(await folderOf(to))).toBe(treeOf(await folderOf(from)));
    expect(await helpers()).toBe("");
    // the last helper is gone before the reading ends, so that nothing holds the volume
    await buffer(await supervisor.readVolume(to, never));
    await supervisor.removeVolume(to);
    expect(fs.existsSync(`/var/lib/docker/volumes/${to}`)).toBe(false);
  });

  test("is cleared whole, hidden names and folders included, also while an exited container holds it", async () => {
    const name = await volume("cleared");
    fill(await folderOf(name));
    fs.writeFileSync(path.join(await folderOf(name), ".hidden"), "here");
    await container("holds", ["--volume", `${name}:/data`], false);
    await supervisor.clearVolume?.(name, never);
    expect(fs.readdirSync(await folderOf(name))).toEqual([]);
    await supervisor.clearVolume?.(name, never);
    expect(await helpers()).toBe("");
  });

  test("a part of it: names begin at that folder, a link leads nowhere", async () => {
    const from = await volume("part");
    fill(await folderOf(from));
    const list = async (below: string) => {
      const tar = await buffer(await supervisor.readVolume(from, never, below));
      return execFileSync("tar", ["tf", "-"], { input: tar, encoding: "utf8" }).trim().split("\n").sort();
    };
    expect(await list("/a")).toEqual(["./", "./b/", "./b/far", "./b/hard", "./x"]);
    expect(await list("/a/x")).toEqual(["x"]);
    expect(await list("/out")).toEqual(["out"]);
    await expect(supervisor.readVolume(from, never, "/nothing")).rejects.toMatchObject({ reason: "not_found" });
    await expect(supervisor.readVolume(from, never, "/../etc")).rejects.toMatchObject({ reason: "invalid_name" });
    expect(await helpers()).toBe("");
  });

  test("a reader who leaves, one who is aborted and one who never reads leave no helper", async () => {
    const from = await volume("left");
    fs.writeFileSync(path.join(await folderOf(from), "big"), Buffer.alloc(50_000_000, "x"));
    for await (const _chunk of await supervisor.readVolume(from, never)) break;
    const aborting = new AbortController();
    const stream = await supervisor.readVolume(from, aborting.signal);
    aborting.abort();
    await expect(buffer(stream)).rejects.toThrow();
    (await supervisor.readVolume(from, never)).destroy();
    await expect.poll(helpers).toBe("");
    await expect(supervisor.removeVolume(from)).resolves.toBeUndefined();
  });

  test("a source that breaks, is empty or no tar is an error, with the source's own words", async () => {
    const to = await volume("broken");
    const broken = new PassThrough();
    const writing = supervisor.writeVolume(to, broken, never);
    broken.write(Buffer.alloc(100_000));
    broken.destroy(new Error("checksum does not fit"));
    await expect(writing).rejects.toThrow("checksum does not fit");
    await expect(supervisor.writeVolume(to, Readable.from([]), never)).rejects.toMatchObject({ reason: "refused" });
    const half = (await buffer(await supervisor.readVolume(to, never))).subarray(0, 600);
    await expect(supervisor.writeVolume(to, Readable.from([half]), never)).rejects.toMatchObject({ reason: "refused" });
    const text = Readable.from([Buffer.alloc(5000, "no tar ")]);
    await expect(supervisor.writeVolume(to, text, never)).rejects.toMatchObject({ reason: "refused" });
    const gone = Readable.from([Buffer.alloc(2000)]);
    await expect(supervisor.writeVolume(named("none"), gone, never)).rejects.toMatchObject({ reason: "not_found" });
    expect(gone.destroyed).toBe(true);
    expect(await docker("volume", "ls", "--quiet", "--filter", `name=${named("none")}`)).toBe("");
    expect(await helpers()).toBe("");
  });

  test("helpers of a server that was killed are removed, the image is made anew when it was pruned", async () => {
    const one = await volume("orphan");
    await buffer(await supervisor.readVolume(one, never));
    await docker("create", "--label", `trihelm.helper=${OWNER}`, "--volume", `${one}:/v`, "trihelm-helper:1", "x");
    const other = await docker("create", "--label", "trihelm.helper=other", "trihelm-helper:1", "x");
    containers.push(other);
    expect((await supervisor.list()).filter(({ source }) => source.includes("trihelm-helper"))).toEqual([]);
    expect(await supervisor.volumeUsers(one)).toEqual([]);
    expect(await supervisor.removeHelpers()).toBe(1);
    await docker("rm", other);
    await docker("rmi", "trihelm-helper:1");
    expect((await buffer(await supervisor.readVolume(one, never))).length).toBeGreaterThan(0);
  });
});

describe("what holds it", { timeout: 60_000 }, () => {
  test("running, read-only, exited and bound from the disk; removal is refused until all are gone", async () => {
    const held = await volume("held");
    const folder = await folderOf(held);
    const compose = ["project=shop", "service=db", "container-number=2"].flatMap((word) => [
      "--label",
      `com.docker.compose.${word}`,
    ]);
    const running = await container("running", ["--volume", `${held}:/data`, ...compose]);
    const exited = await container("exited", ["--volume", `${held}:/data:ro`], false);
    const bound = await container("bound", ["--volume", `${folder}:/data`]);
    const users = await supervisor.volumeUsers(held);
    expect(users.map(({ name, state, readOnly, identity }) => [name, state, readOnly, identity])).toEqual(
      expect.arrayContaining([
        [running, "running", false, "shop/db/2"],
        [exited, "created", true, null],
      ]),
    );
    expect(users).toHaveLength(2);
    for (const place of [folder, path.dirname(folder), `${folder}/below`])
      expect((await supervisor.folderUsers(place)).map(({ name }) => name)).toContain(bound);
    expect((await supervisor.folderUsers(`${folder}-other`)).map(({ name }) => name)).not.toContain(bound);
    const record = (await supervisor.volumes()).find(({ name }) => name === held);
    expect(record).toMatchObject({ driver: "local", mountpoint: folder, usedBy: [exited, running] });
    await docker("rm", "--force", running);
    await expect(supervisor.removeVolume(held)).rejects.toMatchObject({ reason: "refused" });
    await docker("rm", "--force", exited);
    await supervisor.removeVolume(held);
  });

  test("a name that is taken or none is refused before anything is made", async () => {
    const one = await volume("taken");
    await expect(supervisor.createVolume({ name: one, labels: {} })).rejects.toMatchObject({ reason: "refused" });
    for (const name of ["../info", "a/b", "", "x", ".x", "ä", "a b", "x".repeat(300), "a\n"])
      await expect(supervisor.createVolume({ name, labels: {} })).rejects.toMatchObject({ reason: "invalid_name" });
    for (const name of ["../info", "a/b", "", "a?x=1", "a%2e"]) {
      await expect(supervisor.removeVolume(name)).rejects.toMatchObject({ reason: "invalid_name" });
      await expect(supervisor.volumeFolder(name)).rejects.toMatchObject({ reason: "invalid_name" });
      await expect(supervisor.readVolume(name, never)).rejects.toMatchObject({ reason: "invalid_name" });
    }
  });

  test("a volume that is another storage, or whose folder is a link, is not read from the disk", async () => {
    const options = ["type=tmpfs", "device=tmpfs"].flatMap((word) => ["--opt", word]);
    volumes.push(named("tmpfs"));
    await docker("volume", "create", ...options, named("tmpfs"));
    expect(await supervisor.volumeFolder(named("tmpfs"))).toBeNull();
    const linked = await volume("linked");
    const folder = await folderOf(linked);
    fs.rmdirSync(folder);
    fs.symlinkSync("/etc", folder);
    expect(await supervisor.volumeFolder(linked)).toBeNull();
    fs.unlinkSync(folder);
    fs.mkdirSync(folder);
  });
});

describe("a command inside", { timeout: 60_000 }, () => {
  test("gives its output as bytes, its error apart and its end", async () => {
    const name = await container("exec", []);
    const chunks: Uint8Array[] = [];
    const script = "head -c 300000 /dev/zero; echo why >&2; exit 3";
    const command = { argv: ["sh", "-c", script], user: null };
    const end = await supervisor.exec(
      name,
      { ...command, onOutput: async (chunk) => void chunks.push(chunk) },
      AbortSignal.timeout(20_000),
    );
    expect(end).toEqual({ exitCode: 3, stderr: "why\n" });
    expect(Buffer.concat(chunks).equals(Buffer.alloc(300_000))).toBe(true);
    const missing = supervisor.exec(name, { argv: ["no-such-program"], user: null }, never);
    expect(await missing.then(({ exitCode }) => exitCode)).toBeGreaterThan(125);
    await docker("kill", name);
    await expect(supervisor.exec(name, command, never)).rejects.toMatchObject({ reason: "refused" });
  });
});
