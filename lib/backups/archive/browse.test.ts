import { randomBytes } from "node:crypto";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, describe, expect, test, vi } from "vitest";
import { listFolder, openFile } from "./browse.ts";
import { type Made, tarOf } from "./hostile-rig.ts";
import { archiveFile } from "./open.ts";
import { alter, archiveOf, collect, scratchFolder } from "./open-rig.ts";

// whole archives are made for each case, on machines that have other things to do
vi.setConfig({ testTimeout: 30_000 });

const { folder, remove } = scratchFolder();
afterAll(remove);

const odd = Buffer.from('q"\\\n\xff', "latin1");
const tar = tarOf([
  { name: "./", flag: "5", mode: 0o700 },
  { name: "./b.txt", data: "bee", mode: 0o640 },
  { name: "./a/", flag: "5" },
  { name: "./a/x", data: "ex" },
  { name: "./a/deep/down/y", data: "why" },
  { name: "./ab/", flag: "5" },
  { name: "./h", flag: "1", link: "./b.txt" },
  { name: "./l", link: "../elsewhere" },
  { name: Buffer.concat([Buffer.from("./"), odd, Buffer.from("/"), odd]), data: "odd" },
  { name: "./empty/", flag: "5" },
]);
const names = async (place: Parameters<typeof listFolder>[0], path: string, page = {}) =>
  (await listFolder(place, null, path, page)).items.map(({ path: one, type }) => `${one} ${type}`);

describe("a folder in an archive", async () => {
  const place = await archiveOf({ folder, tar });

  test.each(["", "/", ".", "./"])("lists what stands in the root, asked for as %j", async (path) => {
    expect(await names(place, path)).toEqual([
      "/a folder",
      "/ab folder",
      "/empty folder",
      '/q"\\x5c\\x0a\\xff folder',
      "/b.txt file",
      "/h file",
      "/l link",
    ]);
  });

  test("lists what stands in it and not in one whose name begins alike", async () => {
    expect(await names(place, "/a")).toEqual(["/a/deep folder", "/a/x file"]);
    expect(await names(place, "a/deep/")).toEqual(["/a/deep/down folder"]);
    expect(await names(place, '/q"\\x5c\\x0a\\xff')).toEqual(['/q"\\x5c\\x0a\\xff/q"\\x5c\\x0a\\xff file']);
    expect(await listFolder(place, null, "empty")).toEqual({ path: "/empty", items: [], total: 0 });
  });

  test("tells all of an entry", async () => {
    const { items } = await listFolder(place, null, "/");
    expect(items.find(({ name }) => name === "b.txt")).toEqual({
      ...{ name: "b.txt", path: "/b.txt", type: "file", size: 3, mode: 0o640, owner: "0:0" },
      ...{ mtime: "2023-11-14T22:13:20Z", target: null },
    });
    expect(items.find(({ name }) => name === "l")?.target).toBe("../elsewhere");
  });

  test("comes in pages", async () => {
    const first = await listFolder(place, null, "/", { limit: 3 });
    const second = await listFolder(place, null, "/", { limit: 3, cursor: first.nextCursor });
    const third = await listFolder(place, null, "/", { limit: 3, cursor: second.nextCursor });
    expect([first, second, third].map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect([first.total, third.nextCursor]).toEqual([7, undefined]);
    expect(await names(place, "/", { limit: 2, cursor: "99" })).toEqual([]);
  });

  test("must be there", async () => {
    await expect(listFolder(place, null, "/none")).rejects.toThrow("no folder none");
    await expect(listFolder(place, null, "/b.txt")).rejects.toThrow("no folder b.txt");
  });

  test("is another one after the archive was replaced", async () => {
    const changing = await archiveOf({ folder, name: "changing", tar: tarOf([{ name: "one" }]) });
    expect(await names(changing, "/")).toEqual(["/one file"]);
    await archiveOf({ folder, name: "changing", tar: tarOf([{ name: "two" }]) });
    expect(await names(changing, "/")).toEqual(["/two file"]);
  });
});

describe("a file in an archive", async () => {
  const place = await archiveOf({ folder, name: "files", tar });
  const read = async (path: string) => (await collect(await openFile(place, null, path))).toString();

  test("is its content, by any of its names", async () => {
    expect(await read("/a/x")).toBe("ex");
    expect(await read("./a/deep/down/y")).toBe("why");
    expect(await read("h")).toBe("bee");
    expect(await read('/q"\\x5c\\x0a\\xff/q"\\x5c\\x0a\\xff')).toBe("odd");
  });

  test("is nothing else", async () => {
    await expect(read("/a")).rejects.toThrow("a is a folder");
    await expect(read("/l")).rejects.toThrow("l is a link");
    await expect(read("/none")).rejects.toThrow("no file none");
    await expect(read("/../b.txt")).rejects.toThrow("no file");
  });

  test("is read no further than to its end", async () => {
    const many: Made[] = Array.from({ length: 40 }, (_, n) => ({ name: `f${n}`, data: randomBytes(300_000) }));
    const cut = await archiveOf({ folder, name: "cut", tar: tarOf(many) });
    alter(archiveFile(cut), (bytes) => bytes.subarray(0, bytes.length - 40));
    expect(await collect(await openFile(cut, null, "f0"))).toHaveLength(300_000);
    await expect(openFile(cut, null, "f39").then(collect)).rejects.toThrow("cut off");
  });

  test("that is not what the manifest says fails at its end", async () => {
    const other = await archiveOf({ folder, name: "other", tar }, ({ entries }) => {
      for (const entry of entries) if (entry.path === "a/x") entry.sha256 = "0".repeat(64);
    });
    await expect(collect(await openFile(other, null, "a/x"))).rejects.toThrow("another checksum");
  });

  test("and its folder are read from an encrypted archive too", async () => {
    const identity = await generateIdentity();
    const lock = { kind: "recipient", recipient: await identityToRecipient(identity) } as const;
    const sealed = await archiveOf({ folder, name: "sealed", tar, lock });
    const unlock = { kind: "identity", identity } as const;
    expect((await listFolder(sealed, unlock, "/a")).items.map(({ name }) => name)).toEqual(["deep", "x"]);
    expect((await collect(await openFile(sealed, unlock, "/a/x"))).toString()).toBe("ex");
    await expect(listFolder(sealed, null, "/")).rejects.toThrow("not on this server");
  });
});
