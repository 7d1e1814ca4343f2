import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { checkDatabases, compareWith } from "./compare.ts";
import { inChunks, type Made, tarOf } from "./hostile-rig.ts";
import { archiveOf, scratchFolder } from "./open-rig.ts";
import { scanTar } from "./tar-scan.ts";

// whole archives are made for each case, on machines that have other things to do
vi.setConfig({ testTimeout: 30_000 });

const { folder, remove } = scratchFolder();
afterAll(remove);

const mine = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const made: Made[] = [
  { name: "./", flag: "5", mode: 0o755 },
  { name: "./a/", flag: "5", mode: 0o755 },
  { name: "./a/x", data: "hello", mode: 0o640 },
  { name: "./h", flag: "1", link: "./a/x", mode: 0o640 },
  { name: "./l", link: "a/x" },
  { name: "./other", data: "hello", mode: 0o640 },
];

describe("a tar from an engine", async () => {
  const place = await archiveOf({ folder, name: "engine", tar: tarOf(made) });
  const differing = async (entries: readonly Made[]) =>
    (await compareWith(place, null, scanTar(inChunks(tarOf(entries), 1000)))).differing;
  const but = (name: string, change: Partial<Made>) =>
    made.map((one) => (one.name === name ? { ...one, ...change } : one));

  test("is the same in any order, whichever name comes first", async () => {
    expect(await compareWith(place, null, scanTar(inChunks(tarOf(made), 512)))).toEqual({ checked: 6, differing: [] });
    const turned = [
      made[4]!,
      made[5]!,
      { ...made[2]!, name: "./h" },
      { ...made[3]!, name: "./a/x", link: "./h" },
      made[1]!,
      made[0]!,
    ];
    expect(await differing(turned)).toEqual([]);
  });

  test.each<[string, Made[], string[]]>([
    ["content", but("./a/x", { data: "hellO" }), ["a/x: has another content, owner, mode or time"]],
    ["mode", but("./other", { mode: 0o644 }), ["other: has another content, owner, mode or time"]],
    ["a link", but("./l", { link: "b" }), ["l: has another content, owner, mode or time"]],
    [
      "type",
      but("./a/", { name: "./a", flag: "0" }).filter(({ name }) => name !== "./a/x" && name !== "./h"),
      ["a: has another content, owner, mode or time", "a/x: is missing", "h: is missing"],
    ],
    ["one missing", made.filter(({ name }) => name !== "./other"), ["other: is missing"]],
    ["one more", [...made, { name: "./new\nline" }], ["new\\x0aline: is not in the archive"]],
    [
      "a name of its own",
      but("./h", { flag: "0", link: "", data: "hello" }),
      ["h: is no second name of a/x", "Hard links: 1 names have become files of their own"],
    ],
    [
      "a name of another",
      but("./other", { flag: "1", link: "./a/x", data: "" }),
      ["Hard links: 1 files have become names of others"],
    ],
  ])("differs in %s", async (_, entries, says) => {
    expect(await differing(entries)).toEqual(says);
  });

  test("is compared as exactly as it says the time", async () => {
    const exact = await archiveOf({
      folder,
      name: "exact",
      tar: tarOf([{ name: "x", pax: { mtime: "1700000000.25" } }]),
    });
    const against = async (mtime: string) =>
      (await compareWith(exact, null, scanTar(inChunks(tarOf([{ name: "x", pax: { mtime } }]), 512)))).differing.length;
    expect([await against("1700000000"), await against("1700000000.25")]).toEqual([0, 0]);
    expect([await against("1700000001"), await against("1700000000.26")]).toEqual([1, 1]);
  });
});

describe("a folder", () => {
  let root = "";
  const owned = `${mine.uid}:${mine.gid}`;
  const place = archiveOf({ folder, name: "folder", tar: tarOf(made) }, ({ entries }) => {
    for (const entry of entries) entry.owner = owned;
    for (const entry of entries) if (entry.type === "link") entry.mode = 0o777;
  });
  const differing = async () => (await compareWith(await place, null, { folder: root })).differing;

  beforeEach(() => {
    root = mkdtempSync(path.join(folder, "root-"));
    mkdirSync(`${root}/a`);
    for (const file of ["a/x", "other"]) {
      writeFileSync(`${root}/${file}`, "hello");
      chmodSync(`${root}/${file}`, 0o640);
    }
    linkSync(`${root}/a/x`, `${root}/h`);
    symlinkSync("a/x", `${root}/l`);
    chmodSync(root, 0o755);
    chmodSync(`${root}/a`, 0o755);
    settle();
  });
  const settle = () => {
    for (const one of ["a/x", "other", "a"]) utimesSync(`${root}/${one}`, 1_700_000_000, 1_700_000_000);
  };

  test("is the same but for a link's time, which was not set here", async () => {
    expect(await differing()).toEqual(["l: was changed at another time than 2023-11-14T22:13:20Z"]);
  });

  test.each<[string, () => void, string]>([
    ["content", () => writeFileSync(`${root}/other`, "hellO"), "other: has another content"],
    ["size", () => writeFileSync(`${root}/other`, "hello."), "other: has 6 bytes, not 5"],
    ["mode", () => chmodSync(`${root}/other`, 0o644), "other: has mode 644, not 640"],
    ["one missing", () => unlinkSync(`${root}/other`), "other: is missing"],
    ["one more", () => writeFileSync(`${root}/a/more`, ""), "a/more: is not in the archive"],
    [
      "a file become a link",
      () => {
        rmSync(`${root}/other`);
        symlinkSync("/etc/passwd", `${root}/other`);
      },
      "other: is a link where the archive has a file",
    ],
    [
      "a second name become a file",
      () => {
        rmSync(`${root}/h`);
        writeFileSync(`${root}/h`, "hello", { mode: 0o640 });
        utimesSync(`${root}/h`, 1_700_000_000, 1_700_000_000);
      },
      "h: is no second name of a/x",
    ],
  ])("differs in %s", async (_, change, says) => {
    change();
    if (says.startsWith("other: has another")) settle();
    if (says.includes("bytes")) settle();
    if (says.startsWith("a/more")) settle();
    expect(await differing()).toContain(says);
  });

  test("differs in a time", async () => {
    utimesSync(`${root}/a/x`, 1_700_000_000, 1_700_000_000.5);
    expect(await differing()).toContain("a/x: was changed at another time than 2023-11-14T22:13:20Z");
  });
});

describe("databases", () => {
  test("are asked, with their log beside them, and left as they were", async () => {
    const root = mkdtempSync(path.join(folder, "databases-"));
    const live = new Database(`${root}/live.db`);
    live.pragma("journal_mode = wal");
    live.exec("create table t (a); insert into t values (1), (2)");
    const { readdirSync, copyFileSync } = await import("node:fs");
    copyFileSync(`${root}/live.db`, `${root}/copy.db`);
    copyFileSync(`${root}/live.db-wal`, `${root}/copy.db-wal`);
    live.close();
    const broken = Buffer.alloc(8192, 7);
    broken.write("SQLite format 3\0");
    writeFileSync(`${root}/broken.db`, broken);
    writeFileSync(`${root}/text.db`, "not a database at all");
    const before = readdirSync(root).sort();
    const results = await checkDatabases(root, ["live.db", "copy.db", "broken.db", "text.db", "none.db"]);
    expect(results.map(({ path: one, problem }) => `${one}: ${problem ?? "ok"}`)).toEqual([
      "live.db: ok",
      "copy.db: ok",
      "broken.db: file is not a database",
      "text.db: file is not a database",
      "none.db: It is missing",
    ]);
    expect(readdirSync(root).sort()).toEqual(before);
  });
});
