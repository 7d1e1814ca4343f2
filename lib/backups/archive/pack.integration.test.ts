/** Roots as tar streams: a folder in both ways, a stream from elsewhere, files that were made. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Root } from "./archive.ts";
import { describeTree, folderRoot, scratchFolder, unpackByTools, wantedArchive } from "./archive-rig.ts";
import type { Packing } from "./pack.ts";
import { packByTar, packByTarInto } from "./pack-by-tar.ts";
import { packByWalk } from "./pack-by-walk.ts";
import { pathFilter } from "./pack-filter.ts";
import { scanTar } from "./tar-scan.ts";
import { writeArchive } from "./write.ts";

let scratch = "";
let from = "";
beforeEach(() => {
  scratch = scratchFolder();
  from = path.join(scratch, "from");
  fs.mkdirSync(path.join(from, "deep/node_modules/x"), { recursive: true });
  fs.writeFileSync(path.join(from, "deep/node_modules/x/index.js"), "1");
  fs.writeFileSync(path.join(from, "deep/a.txt"), "text", { mode: 0o4750 });
  fs.linkSync(path.join(from, "deep/a.txt"), path.join(from, "again"));
  fs.symlinkSync("/etc/shadow", path.join(from, "link"));
  fs.writeFileSync(path.join(from, "holes"), "start");
  fs.truncateSync(path.join(from, "holes"), 5_000_001);
  fs.utimesSync(path.join(from, "holes"), -1.5, -1.5);
  execFileSync("mkfifo", [path.join(from, "fifo")]);
  execFileSync("mknod", [path.join(from, "null"), "c", "1", "3"]);
});
afterEach(() => fs.rmSync(scratch, { recursive: true }));

function packing(more: Partial<Packing> = {}): { packing: Packing; skipped: string[] } {
  const skipped: string[] = [];
  const skip = (below: string, why: string) => void skipped.push(`${below}: ${why}`);
  const signal = new AbortController().signal;
  return { skipped, packing: { filter: pathFilter([], []), signal, skip, scratch: path.join(scratch, "s"), ...more } };
}

async function entriesOf(tar: AsyncIterable<Uint8Array>) {
  const found: Record<string, unknown>[] = [];
  for await (const { path: name, type, size, mode, uid, gid, mtime, target, device, content } of scanTar(tar)) {
    const text = Buffer.concat(await Array.fromAsync(content())).toString("latin1");
    found.push({ name, type, size, mode, uid, gid, mtime, target, device, text });
  }
  return found.sort((a, b) => String(a.name).localeCompare(String(b.name)));
}

/** A socket that nobody listens at any more is still there. */
async function leaveSocket(file: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(`${file}.open`, resolve));
  fs.renameSync(`${file}.open`, file);
  await new Promise((resolve) => server.close(resolve));
}

describe("a folder", () => {
  test("is the same tree without GNU tar as with it", async () => {
    const [byTar, byWalk] = [packing(), packing()];
    const asTar = await entriesOf(packByTar(from, byTar.packing));
    expect(await entriesOf(packByWalk(from, byWalk.packing))).toEqual(asTar);
    expect(byTar.skipped).toEqual([]);
    expect(byWalk.skipped).toEqual([expect.stringContaining("GNU tar is not installed")]);
    expect(asTar.find((one) => one.name === "link")).toMatchObject({ type: "link", target: "/etc/shadow" });
  });

  test.each([["with", packByTar] as const, ["without", packByWalk] as const])(
    "leaves out what a filter says, and tells of sockets and mounts, %s GNU tar",
    async (_, pack) => {
      await leaveSocket(path.join(from, "so\ncket"));
      fs.mkdirSync(path.join(from, "mounted"));
      execFileSync("mount", ["-t", "tmpfs", "tmpfs", path.join(from, "mounted")]);
      try {
        fs.writeFileSync(path.join(from, "mounted/inside"), "");
        const { skipped, packing: told } = packing({ filter: pathFilter([], ["node_modules", "/holes"]) });
        const names = (await entriesOf(pack(from, told))).map((one) => one.name);
        expect(names.sort()).toEqual([".", "again", "deep", "deep/a.txt", "fifo", "link", "mounted", "null"]);
        expect(skipped.filter((one) => !one.startsWith(".:")).sort()).toEqual([
          "mounted: another file system is mounted there",
          "so\\x0acket: a socket",
        ]);
      } finally {
        execFileSync("umount", [path.join(from, "mounted")]);
      }
    },
  );

  test("is the same by tar's own writing, which counts for nothing where it became too much", async () => {
    fs.writeFileSync(path.join(from, "large"), Buffer.alloc(40_000_000, 7));
    await leaveSocket(path.join(from, "socket"));
    const file = path.join(scratch, "into.tar");
    const { packing: how, skipped } = packing({ filter: pathFilter([], ["node_modules"]) });
    const into = async (most: number) => {
      const fd = fs.openSync(file, "w+");
      try {
        return await packByTarInto(from, fd, { ...how, most });
      } finally {
        fs.closeSync(fd);
      }
    };
    expect(await into(20_000_000)).toBe(false);
    expect(skipped).toEqual([]);
    expect(await into(1e9)).toBe(true);
    expect(skipped).toEqual(["socket: a socket"]);
    expect(await entriesOf(fs.createReadStream(file))).toEqual(await entriesOf(packByTar(from, how)));
  });

  test("is read no further once who wanted it has been killed", async () => {
    execFileSync("dd", ["if=/dev/zero", `of=${path.join(from, "large")}`, "bs=1M", "count=512", "status=none"]);
    const file = path.join(scratch, "into.tar");
    const script = `
      import fs from "node:fs";
      import { packByTarInto } from "./lib/backups/archive/pack-by-tar.ts";
      import { pathFilter } from "./lib/backups/archive/pack-filter.ts";
      const signal = new AbortController().signal;
      const how = { filter: pathFilter([], []), signal, skip: () => undefined, scratch: "", most: 1e12 };
      await packByTarInto(${JSON.stringify(from)}, fs.openSync(${JSON.stringify(file)}, "w"), how);
    `;
    const wanting = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "inherit" });
    await vi.waitFor(() => expect(fs.statSync(file).size).toBeGreaterThan(0), { timeout: 20_000, interval: 2 });
    const [tar] = execFileSync("pgrep", ["-P", String(wanting.pid), "tar"], { encoding: "utf8" }).split("\n");
    process.kill(Number(tar), "SIGSTOP");
    const ended = once(wanting, "exit");
    wanting.kill("SIGKILL");
    await ended;
    process.kill(Number(tar), "SIGCONT");
    await vi.waitFor(() => expect(fs.existsSync(`/proc/${tar}`)).toBe(false), { timeout: 20_000 });
    expect(fs.statSync(file).size).toBeLessThan(512 * 1024 * 1024);
  });

  test("that is not there is an error", async () => {
    await expect(entriesOf(packByTar(path.join(scratch, "gone"), packing().packing))).rejects.toThrow("cannot be read");
    await expect(entriesOf(packByWalk(path.join(scratch, "gone"), packing().packing))).rejects.toThrow("ENOENT");
  });
});

describe("an archive of several roots", () => {
  const stream = (tar: () => Buffer, more: Partial<Root> = {}): Root => ({
    ...{ prefix: "volumes/db", include: [], exclude: [], databases: "as-files" },
    from: { kind: "stream", open: async () => Readable.from([tar()]) },
    ...more,
  });
  const tarOf =
    (...format: string[]) =>
    () =>
      execFileSync("tar", ["c", ...format, "-C", from, "."], { maxBuffer: 1e9 });

  test("has each below its prefix, hard links too, whatever dialect it comes in", async () => {
    for (const format of [["--format=gnu", "-S"], ["--format=pax"], ["--format=ustar"]]) {
      const made: Root = { ...folderRoot(""), prefix: "", from: { kind: "made", files: files() } };
      const stem = path.join(scratch, "a");
      const head = await writeArchive(wantedArchive(stem, [made, stream(tarOf(...format))]));
      unpackByTools(`${stem}.tar.zst`, path.join(scratch, "to"));
      const isExact = format[0] === "--format=pax";
      const shape = (lines: string[]) => (isExact ? lines : lines.map((line) => line.replace(/ \| -?\d{9,} \|/, "")));
      expect(shape(describeTree(path.join(scratch, "to/volumes/db")))).toEqual(shape(describeTree(from)));
      expect(fs.readFileSync(path.join(scratch, "to/unit.service"), "utf8")).toBe("[Unit]\n");
      expect(fs.readFileSync(path.join(scratch, "to/dumps/all.sql"), "utf8")).toBe("CREATE TABLE t;");
      expect(head.skipped).toEqual([]);
      for (const one of ["a.json", "a.tar.zst", "to"]) fs.rmSync(path.join(scratch, one), { recursive: true });
    }
  });

  const files = () => [
    { path: "unit.service", mode: 0o644, data: Buffer.from("[Unit]\n") },
    {
      path: "dumps/all.sql",
      mode: 0o600,
      data: async () => Readable.from(["CREATE ", "TABLE t;"].map((s) => Buffer.from(s))),
    },
  ];

  test.each([
    ["is cut off", () => tarOf()().subarray(0, 5000), "is cut off"],
    ["is empty", () => Buffer.alloc(0), "is empty"],
    ["leads out of it", () => execFileSync("tar", ["cP", "-C", from, "../from/again"]), "leaves it"],
  ])("is not written where a stream %s", async (_, tar, words) => {
    for (const more of [{}, { onRead: () => undefined }]) {
      const wanted = wantedArchive(path.join(scratch, "a"), [stream(tar)], more);
      await expect(writeArchive(wanted)).rejects.toThrow(words);
      expect(fs.readdirSync(scratch)).toEqual(["from"]);
    }
  });

  test("ends at once when it is aborted, though the stream says nothing", async () => {
    const silent: Root = {
      ...stream(tarOf()),
      from: { kind: "stream", open: async () => new Readable({ read: () => undefined }) },
    };
    for (const more of [{}, { onRead: () => undefined }]) {
      const wanted = wantedArchive(path.join(scratch, "a"), [silent], { ...more, signal: AbortSignal.timeout(50) });
      await expect(writeArchive(wanted)).rejects.toThrow("timeout");
      expect(fs.readdirSync(scratch)).toEqual(["from"]);
    }
  });

  test("tells of a name whose content was left out", async () => {
    const only = stream(tarOf(), { include: ["/again"], prefix: "" });
    const head = await writeArchive(wantedArchive(path.join(scratch, "a"), [only]));
    const other = head.skipped[0];
    // which of both names comes first is the disk's to say
    if (head.entries === 1) expect(other).toMatchObject({ path: "again", why: expect.stringContaining("deep/a.txt") });
    else expect(other).toBeUndefined();
  });
});
