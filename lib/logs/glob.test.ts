import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { globProblem, walkGlob } from "./glob.ts";

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-glob-")));
afterAll(() => fs.rmSync(root, { recursive: true }));
const BOUNDS = { milliseconds: 5000, names: 10_000, never: [path.join(root, "never")] };
for (const name of [
  ...["a.log", "b.log", "b.txt", ".hidden.log", "web-1.log", "web-2.log", "web-x.log", "[odd].log", "{}"],
  ...["app/x.log", "app/deep/y.log", "app/deep/deeper/z.log", "other/x.log", "never/x.log"],
]) {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), "");
}
fs.symlinkSync(path.join(root, "app"), path.join(root, "linked"));
fs.symlinkSync(root, path.join(root, "app/deep/circle"));

async function found(pattern: string, bounds: Partial<typeof BOUNDS> = {}): Promise<string[]> {
  const files: string[] = [];
  await walkGlob(path.join(root, pattern), { ...BOUNDS, ...bounds }, async (file) => {
    if (fs.existsSync(file)) files.push(path.relative(root, file));
  });
  return files.toSorted();
}

test.each([
  ["?.log", ["a.log", "b.log"]],
  ["b.*", ["b.log", "b.txt"]],
  ["*hid*", [".hidden.log"]],
  ["web-[0-9].log", ["web-1.log", "web-2.log"]],
  ["web-[!1-2].log", ["web-x.log"]],
  ["[[]odd[]].log", ["[odd].log"]],
  ["{a,b}.{log,txt}", ["a.log", "b.log", "b.txt"]],
  ["{a,?}.log", ["a.log", "b.log"]],
  ["a*/x.log", ["app/x.log"]],
  ["*/x.log", ["app/x.log", "linked/x.log", "other/x.log"]],
  ["app/**/*.log", ["app/deep/deeper/z.log", "app/deep/y.log", "app/x.log"]],
  ["**/deep/**/*.log", ["app/deep/deeper/z.log", "app/deep/y.log"]],
  ["app*", []],
  ["none/*.log", []],
  ["a.log/*", []],
])("%s", async (pattern, files) => {
  expect(await found(pattern)).toEqual(files);
});

describe("what would take too long", () => {
  test.each([
    "*a*a*a*b.log",
    "{1..100000000}",
    "+(a+(a))",
    "{a,{b,c}}",
    "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
    "**/**/**/a",
  ])("%s is no glob, and finds nothing where it was kept before", async (pattern) => {
    expect(globProblem(`/var/log/${pattern}`)).not.toBeNull();
    fs.writeFileSync(path.join(root, "aaaab.log"), "");
    expect(await found(pattern)).toEqual([]);
    fs.rmSync(path.join(root, "aaaab.log"));
  });

  test("usual ones are globs", () => {
    for (const name of ["*.log", "*-error*.log", "{a,b}/*.jsonl", "**/logs/*.log", "app (1).log", "..data/*.log"])
      expect(globProblem(`/var/log/${name}`), name).toBeNull();
  });

  test("ends when it has met enough, and when its time is over, though a file does not answer", async () => {
    expect((await found("**/*.log")).length).toBeGreaterThan(8);
    expect((await found("**/*.log", { names: 3 })).length).toBeLessThan(4);
    let count = 0;
    await walkGlob(path.join(root, "*.log"), { ...BOUNDS, milliseconds: 20 }, () => {
      count += 1;
      return new Promise(() => undefined);
    });
    expect(count).toBe(1);
  });
});
