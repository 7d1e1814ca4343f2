import { ChildProcess } from "node:child_process";
import fs from "node:fs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { feed, run, stream } from "./exec.ts";

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

describe("a tool that is fed", () => {
  const COUNT = "let n = 0; process.stdin.on('data', (b) => (n += b.length)).on('end', () => process.exit(n % 251))";
  const { signal } = new AbortController();
  async function* chunks(count: number, failure?: Error) {
    for (let n = 0; n < count; n++) yield Buffer.alloc(65_536);
    if (failure) throw failure;
  }

  test("gets every byte, and its outcome is told", async () => {
    const { exitCode } = await feed(process.execPath, ["-e", COUNT], chunks(20), signal);
    expect(exitCode).toBe((20 * 65_536) % 251);
  });

  test("may stop reading, and says why", async () => {
    const tool = "process.stderr.write('full'); process.exit(2)";
    expect(await feed(process.execPath, ["-e", tool], chunks(200), signal)).toEqual({ exitCode: 2, stderr: "full" });
  });

  test("is ended where its source fails or an abort comes", async () => {
    await expect(feed(process.execPath, ["-e", COUNT], chunks(3, new Error("cut off")), signal)).rejects.toThrow(
      "cut off",
    );
    const stop = new AbortController();
    const feeding = feed(process.execPath, ["-e", COUNT], endless(), stop.signal);
    setTimeout(() => stop.abort(new Error("enough")), 50);
    await expect(feeding).rejects.toThrow("enough");
    await expect(feed("true", [], chunks(1), AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
  });

  test("must be there", async () => {
    await expect(feed("trihelm-no-such-tool", [], chunks(1), signal)).rejects.toThrow("did not run");
  });

  async function* endless() {
    for (;;) {
      yield Buffer.alloc(1000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
});
