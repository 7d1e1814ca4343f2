import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import tar from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareFolders, compareStreams } from "./compare.ts";
import { measureFolder } from "./walk.ts";

const never = new AbortController().signal;
let place: string;
const at = (...parts: string[]) => path.join(place, ...parts);

function plant(name: string): void {
  fs.mkdirSync(at(name, "sub"), { recursive: true });
  fs.writeFileSync(at(name, "sub/a"), "hello");
  fs.linkSync(at(name, "sub/a"), at(name, "b"));
  fs.symlinkSync("sub/a", at(name, "link"));
  const time = new Date("2026-01-02T03:04:05.678Z");
  fs.lutimesSync(at(name, "link"), time, time);
  for (const one of ["sub/a", "sub", "."]) fs.utimesSync(at(name, one), time, time);
}

beforeEach(() => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-compare-"));
  plant("one");
  plant("two");
});
afterEach(() => fs.rmSync(place, { recursive: true }));

describe("folders", () => {
  test("that are the same are so, entry by entry", async () => {
    expect(await compareFolders(at("one"), at("two"), never)).toBe(5);
  });

  const keepTime = (file: string, work: () => void) => {
    const { atime, mtime } = fs.statSync(file);
    const folder = fs.statSync(path.dirname(file));
    work();
    fs.utimesSync(file, atime, mtime);
    fs.utimesSync(path.dirname(file), folder.atime, folder.mtime);
  };
  test.each<[string, (file: string) => void]>([
    ["content of the same size", (file) => keepTime(file, () => fs.writeFileSync(file, "hallo"))],
    ["mode", (file) => fs.chmodSync(file, 0o600)],
    ["time", (file) => fs.utimesSync(file, 1, 1)],
    ["a file more", (file) => fs.writeFileSync(`${file}-more`, "")],
    ["a file less", (file) => fs.rmSync(file)],
  ])("that differ in %s are told with the place", async (_, change) => {
    change(at("two", "sub/a"));
    await expect(compareFolders(at("one"), at("two"), never)).rejects.toThrow(/^(sub(\/a)?|b) is not as/);
  });

  test("whose link leads elsewhere differ", async () => {
    const { atime, mtime } = fs.lstatSync(at("two", "link"));
    fs.unlinkSync(at("two", "link"));
    fs.symlinkSync("sub/b", at("two", "link"));
    fs.lutimesSync(at("two", "link"), atime, mtime);
    fs.utimesSync(at("two"), atime, mtime);
    await expect(compareFolders(at("one"), at("two"), never)).rejects.toThrow("link is not as");
  });
});

describe("streams", () => {
  const stream = (entries: [string, string][], mode = 0o644) => {
    const pack = tar.pack();
    for (const [name, content] of entries) pack.entry({ name, mode, mtime: new Date(1000) }, content);
    pack.finalize();
    return pack as unknown as Readable;
  };
  const large = "x".repeat(300_000);

  test("that are the same are so", async () => {
    expect(await compareStreams(stream([["./a", large]]), stream([["./a", large]]))).toBe(1);
  });

  test.each<[string, Readable]>([
    ["content", stream([["./a", `${large.slice(0, -1)}y`]])],
    ["size", stream([["./a", `${large}x`]])],
    ["name", stream([["./b", large]])],
    ["mode", stream([["./a", large]], 0o600)],
    [
      "count",
      stream([
        ["./a", large],
        ["./b", ""],
      ]),
    ],
    ["everything", stream([])],
  ])("that differ in %s are told", async (_, other) => {
    await expect(compareStreams(stream([["./a", large]]), other)).rejects.toThrow("is not as in the original");
  });
});

test("what has two names is measured once; a link leads nowhere; an abort ends it", async () => {
  fs.symlinkSync("/", at("one", "everything"));
  expect(await measureFolder(at("one"), never)).toEqual({ bytes: 5, files: 2 });
  await expect(measureFolder(at("one"), AbortSignal.abort())).rejects.toThrow();
  await expect(measureFolder(at("none"), never)).rejects.toThrow("ENOENT");
});
