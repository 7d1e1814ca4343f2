/** Whole archives against the stock tools: needs root (owners), zstd, GNU tar, age, attr. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  describeTree,
  folderRoot,
  growTree,
  type Part,
  scratchFolder,
  unpackByTools,
  wantedArchive,
} from "./archive-rig.ts";
import { readEntries, readHead } from "./open-manifest.ts";
import { bytesOf } from "./tar-name.ts";
import { removeUnfinished, writeArchive } from "./write.ts";

let scratch = "";
beforeEach(() => {
  scratch = scratchFolder();
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

const name = fc
  .oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 120, maxLength: 250 }) },
  )
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte))))
  .filter((bytes) => ![".", ".."].includes(bytes.toString("latin1")));
const mode = fc.constantFrom(0o644, 0o600, 0o4755, 0o2711, 0o1777, 0o0);
const part: fc.Arbitrary<Part> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("file" as const),
      bytes: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
      mode,
      owner: fc.constantFrom(0, 1000, 65_534, 3_000_000),
      mtime: fc.double({ min: -1e9, max: 4e9, noNaN: true }),
    }),
  },
  fc.record({
    kind: fc.constant("sparse" as const),
    size: fc.integer({ min: 0, max: 3_000_000 }),
    at: fc.integer({ min: 0, max: 3_000_000 }),
    bytes: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  }),
  fc.record({ kind: fc.constant("folder" as const), mode: fc.constantFrom(0o755, 0o2775, 0o700) }),
  fc.record({ kind: fc.constant("link" as const), to: name }),
  fc.constant({ kind: "hardlink" as const }),
  fc.constant({ kind: "fifo" as const }),
);
const tree = fc.array(fc.record({ name, part }), { maxLength: 30 });

describe("any tree", () => {
  const comesBack = (where: "by the folder" | "by a stream, put aside") =>
    fc.asyncProperty(tree, async (parts) => {
      const [from, to, stem] = [path.join(scratch, "from"), path.join(scratch, "to"), path.join(scratch, "a")];
      fs.mkdirSync(from);
      try {
        growTree(from, parts);
        const before = describeTree(from);
        const aside = where === "by the folder" ? {} : { onRead: () => undefined };
        const head = await writeArchive(wantedArchive(stem, [folderRoot(from)], aside));
        unpackByTools(`${stem}.tar.zst`, to);
        expect(describeTree(to)).toEqual(before);
        const entries = await Array.fromAsync(readEntries({ stem, encrypted: false }, null));
        expect(entries.length).toBe(before.length);
        expect(head.entries).toBe(before.length);
        for (const entry of entries.filter((one) => one.sha256 !== null)) {
          const place = Buffer.concat([Buffer.from(`${from}/`), bytesOf(entry.path)]);
          expect(createHash("sha256").update(fs.readFileSync(place)).digest("hex")).toBe(entry.sha256);
        }
      } finally {
        for (const file of fs.readdirSync(scratch)) fs.rmSync(path.join(scratch, file), { recursive: true });
      }
    });

  test("comes back the same by zstd and tar alone", async () => {
    await fc.assert(comesBack("by the folder"), { numRuns: 40 });
  }, 120_000);

  test("comes back the same where reading is put aside", async () => {
    await fc.assert(comesBack("by a stream, put aside"), { numRuns: 15 });
  }, 120_000);
});

test("attributes and access lists come back", async () => {
  const from = path.join(scratch, "from");
  fs.mkdirSync(from);
  fs.writeFileSync(path.join(from, "a"), "text");
  execFileSync("setfattr", ["-n", "user.note", "-v", "0x00ff0a", path.join(from, "a")]);
  await writeArchive(wantedArchive(path.join(scratch, "a"), [folderRoot(from, { prefix: "volumes/wa" })]));
  unpackByTools(path.join(scratch, "a.tar.zst"), path.join(scratch, "to"));
  const told = execFileSync("getfattr", ["--only-values", "-n", "user.note", path.join(scratch, "to/volumes/wa/a")]);
  expect(told.toString("hex")).toBe("00ff0a");
});

test("a file beyond 4 GiB that is mostly holes stays so", async () => {
  const from = path.join(scratch, "from");
  fs.mkdirSync(from);
  const size = 4.5 * 1024 ** 3;
  fs.writeFileSync(path.join(from, "image"), "begin");
  fs.truncateSync(path.join(from, "image"), size);
  fs.appendFileSync(path.join(from, "image"), "end");
  const head = await writeArchive(wantedArchive(path.join(scratch, "a"), [folderRoot(from)]));
  expect(head.originalSize).toBe(size + 3);
  expect(head.size).toBeLessThan(10_000);
  unpackByTools(path.join(scratch, "a.tar.zst"), path.join(scratch, "to"));
  const restored = path.join(scratch, "to/image");
  expect(fs.statSync(restored)).toMatchObject({ size: size + 3, blocks: expect.toSatisfy((blocks) => blocks < 100) });
  expect(execFileSync("tail", ["-c", "3", restored]).toString()).toBe("end");
}, 120_000);

describe("an encrypted archive", () => {
  const content = "a name that nobody may read";

  async function lockAndOpen(lock: { kind: "recipient"; recipient: string }, key: string): Promise<string> {
    const from = path.join(scratch, "from");
    fs.mkdirSync(from);
    fs.writeFileSync(path.join(from, "secret-name"), content.repeat(20_000));
    const stem = path.join(scratch, "a");
    const head = await writeArchive(wantedArchive(stem, [folderRoot(from)], { lock }));
    expect(head.encrypted).toBe(true);
    expect(fs.readdirSync(scratch).sort()).toContain("a.entries.zst.age");
    expect(fs.readFileSync(`${stem}.json`, "utf8")).not.toContain("secret-name");
    expect((await readHead({ stem, encrypted: true })).entries).toBe(2);
    const open = (file: string) => execFileSync("age", ["-d", "-i", key, file], { maxBuffer: 1e9 });
    const lines = execFileSync("zstd", ["-dc"], { input: open(`${stem}.entries.zst.age`) }).toString();
    expect(lines).toContain('"path":"secret-name"');
    const tar = execFileSync("zstd", ["-dc"], { input: open(`${stem}.tar.zst.age`), maxBuffer: 1e9 });
    return execFileSync("tar", ["xO", "./secret-name"], { input: tar, maxBuffer: 1e9 }).toString();
  }

  test("is opened by age and the key", async () => {
    const key = path.join(scratch, "key");
    execFileSync("age-keygen", ["-o", key], { stdio: "ignore" });
    const recipient = execFileSync("age-keygen", ["-y", key]).toString().trim();
    expect(await lockAndOpen({ kind: "recipient", recipient }, key)).toBe(content.repeat(20_000));
  });

  test("is not begun for somebody who is no recipient", async () => {
    const lock = { kind: "recipient", recipient: "age1nobody" } as const;
    const wanted = wantedArchive(path.join(scratch, "a"), [folderRoot(scratch)], { lock });
    await expect(writeArchive(wanted)).rejects.toThrow("The recipient is no age recipient");
    expect(fs.readdirSync(scratch)).toEqual([]);
  });
});

describe("a SQLite database that is written meanwhile", () => {
  test("is whole, with what stands in its log, and the log is not there", async () => {
    const from = path.join(scratch, "from");
    fs.mkdirSync(path.join(from, "deep"), { recursive: true });
    const file = path.join(from, "deep/odd name.db");
    const writer = new Database(file);
    writer.pragma("journal_mode = WAL");
    writer.pragma("wal_autocheckpoint = 0");
    writer.exec("CREATE TABLE t (n INTEGER)");
    const insert = writer.prepare("INSERT INTO t VALUES (?)");
    for (let n = 0; n < 1000; n += 1) insert.run(n);
    let written = 0;
    const writing = setInterval(() => {
      for (let n = 0; n < 20; n += 1) insert.run(1000 + written++);
    }, 1);
    const logBefore = fs.statSync(`${file}-wal`).size;
    try {
      const stem = path.join(scratch, "a");
      const head = await writeArchive(wantedArchive(stem, [folderRoot(from, { databases: "online" })]));
      expect(head.databases).toEqual(["deep/odd name.db"]);
      expect(head.skipped.filter((one) => one.why.includes("SQLite"))).toEqual([]);
      unpackByTools(`${stem}.tar.zst`, path.join(scratch, "to"));
    } finally {
      clearInterval(writing);
    }
    expect(fs.statSync(`${file}-wal`).size).toBeGreaterThanOrEqual(logBefore);
    expect(fs.readdirSync(path.join(scratch, "to/deep"))).toEqual(["odd name.db"]);
    const copy = new Database(path.join(scratch, "to/deep/odd name.db"));
    expect(copy.pragma("integrity_check", { simple: true })).toBe("ok");
    const { count, most } = copy.prepare("SELECT count(*) count, max(n) most FROM t").get() as Record<string, number>;
    expect(count).toBeGreaterThanOrEqual(1000);
    expect(most).toBe(count! - 1);
    copy.close();
    writer.close();
  });

  test("its folder being a link, is left alone", async () => {
    const [from, away] = [path.join(scratch, "from"), path.join(scratch, "away")];
    for (const folder of [from, away]) fs.mkdirSync(folder);
    new Database(path.join(away, "theirs.db")).exec("CREATE TABLE t (n)").close();
    fs.symlinkSync(away, path.join(from, "here"));
    const head = await writeArchive(
      wantedArchive(path.join(scratch, "a"), [folderRoot(from, { databases: "online" })]),
    );
    expect(head.databases).toEqual([]);
    expect(head.entries).toBe(2);
  });
});

describe("nothing is left behind", () => {
  const leftIn = (folder: string) => fs.readdirSync(folder).filter((one) => one !== "from");

  test("by a full disk, whether it is met while reading is put aside or while writing", async () => {
    const [disk, from] = [path.join(scratch, "disk"), path.join(scratch, "from")];
    fs.mkdirSync(disk);
    fs.mkdirSync(from);
    fs.writeFileSync(path.join(from, "big"), crypto.getRandomValues(Buffer.alloc(65_536)));
    for (let n = 0; n < 400; n += 1)
      fs.writeFileSync(path.join(from, `f${n}`), crypto.getRandomValues(Buffer.alloc(65_536)));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", disk]);
    try {
      for (const more of [{}, { onRead: () => undefined }]) {
        const wanted = wantedArchive(path.join(disk, "a"), [folderRoot(from)], more);
        await expect(writeArchive(wanted)).rejects.toThrow(/ENOSPC/);
        expect(fs.readdirSync(disk)).toEqual([]);
      }
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  test("by an abort, wherever it comes", async () => {
    const from = path.join(scratch, "from");
    fs.mkdirSync(from);
    for (let n = 0; n < 300; n += 1)
      fs.writeFileSync(path.join(from, `f${n}`), crypto.getRandomValues(Buffer.alloc(65_536)));
    for (const after of [0, 1, 5, 20, 60, 120]) {
      const wanted = wantedArchive(path.join(scratch, "a"), [folderRoot(from)], { signal: AbortSignal.timeout(after) });
      const ended = await writeArchive(wanted).catch((error: unknown) => error);
      if (ended instanceof Error) expect(leftIn(scratch)).toEqual([]);
      else expect(leftIn(scratch).sort()).toEqual(["a.json", "a.tar.zst"]);
      for (const file of leftIn(scratch)) fs.rmSync(path.join(scratch, file));
    }
  });

  test("by a failure of who waits for reading, or of the reserve", async () => {
    const from = path.join(scratch, "from");
    fs.mkdirSync(from);
    const fails = () => Promise.reject(new Error("it failed"));
    for (const more of [{ onRead: fails }, { reserve: { check: fails } }]) {
      await expect(writeArchive(wantedArchive(path.join(scratch, "a"), [folderRoot(from)], more))).rejects.toThrow(
        "it failed",
      );
      expect(leftIn(scratch)).toEqual([]);
    }
  });

  test("by a crash, once the folder has been looked through", async () => {
    for (const file of [
      "a.tar.zst.part",
      "b.tar.zst",
      "c.tar.zst",
      "c.json",
      "d.3.db.part-journal",
      "e.entries.zst.age",
    ])
      fs.writeFileSync(path.join(scratch, file), "");
    expect(await removeUnfinished(scratch)).toBe(4);
    expect(fs.readdirSync(scratch).sort()).toEqual(["c.json", "c.tar.zst"]);
  });
});
