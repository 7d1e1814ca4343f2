import { ChildProcess } from "node:child_process";
import fs from "node:fs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { run, stream } from "./exec.ts";

interface Spawned {
  file: string;
  args: string[];
}
const spawned = vi.spyOn(ChildProcess.prototype as unknown as { spawn(options: Spawned): number }, "spawn");
const ECHO = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
const SHELL = [
  "$(id)",
  "`id`",
  ";id",
  "|id",
  "&& id",
  "> /dev/null",
  "*",
  "~",
  "$HOME",
  "'",
  '"',
  "\\",
  "\n",
  "-rf",
  "--",
];

test("every argument arrives as it is, and the tool itself is what is started", async () => {
  const words = fc
    .sample(fc.string({ unit: "binary" }), 300)
    .filter((word) => !word.includes("\0") && word.isWellFormed());
  const args = ["-e", ECHO, "--", ...SHELL, ...words];
  const { stdout } = await run(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual([...SHELL, ...words]);
  const output = stream(process.execPath, args, new AbortController().signal);
  let text = "";
  for await (const chunk of output) text += chunk.toString("utf8");
  expect(JSON.parse(text)).toEqual([...SHELL, ...words]);
  for (const [{ file, args: argv }] of spawned.mock.calls)
    expect([file, argv]).toEqual([process.execPath, [process.execPath, ...args]]);
  expect(spawned).toHaveBeenCalledTimes(2);
});

test("a NUL, which would cut an argument short, starts nothing", async () => {
  spawned.mockClear();
  await expect(run(process.execPath, ["-e", ECHO, "a\0b"])).rejects.toMatchObject({ code: "internal" });
  expect(spawned).not.toHaveBeenCalled();
});

test("no call of the library asks for a shell", () => {
  const text = fs.readFileSync(new URL("exec.ts", import.meta.url), "utf8");
  expect(text.match(/\bshell:/g)).toEqual(text.match(/\bexeca\(/g)?.map(() => "shell:"));
  expect(text.match(/shell: (?!false)/)).toBeNull();
});
