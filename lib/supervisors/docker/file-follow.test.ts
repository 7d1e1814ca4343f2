import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import type { LogRecord } from "../supervisor.ts";
import { followFile } from "./file-follow.ts";
import { parseCursor } from "./lines.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-follow-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

let files = 0;
let clock = Date.UTC(2026, 10, 21, 12);
function open() {
  files += 1;
  const file = path.join(folder, `${files}-json.log`);
  fs.writeFileSync(file, "");
  const line = (text: string, end = "\\n", stream = "stdout") => {
    clock += 1;
    return `{"log":"${text}${end}","stream":"${stream}","time":"${new Date(clock).toISOString()}"}\n`;
  };
  return {
    file,
    line,
    write: (...texts: string[]) => fs.appendFileSync(file, texts.map((text) => line(text)).join("")),
  };
}

function follow(file: string, after: string | null = null) {
  const ending = new AbortController();
  const records: LogRecord[] = [];
  const reading = (async () => {
    for await (const batch of followFile(
      { file, after: after === null ? null : parseCursor(after), created: null },
      ending.signal,
    ))
      records.push(...batch);
  })();
  return {
    records,
    ended: reading,
    async has(...texts: string[]) {
      await expect.poll(() => records.map(({ text }) => text), { timeout: 4000 }).toEqual(texts);
    },
    async end() {
      ending.abort();
      await reading;
    },
  };
}

test("what comes, a line written in two halves, and a line in pieces", async () => {
  const { file, write, line } = open();
  write("a");
  const following = follow(file);
  await following.has("a");
  const text = line("halves");
  fs.appendFileSync(file, text.slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 120));
  fs.appendFileSync(file, text.slice(20) + line("x".repeat(16_384), ""));
  await following.has("a", "halves");
  fs.appendFileSync(file, line("trouble", "\\n", "stderr") + line("end"));
  await following.has("a", "halves", "trouble", `${"x".repeat(16_384)}end`);
  await following.end();
});

test("two rotations between two looks: every file of the chain", async () => {
  const { file, write } = open();
  write("a", "b");
  const following = follow(file);
  await following.has("a", "b");
  write("c");
  fs.renameSync(file, `${file}.1`);
  fs.writeFileSync(file, "");
  write("d");
  fs.renameSync(`${file}.1`, `${file}.2`);
  fs.renameSync(file, `${file}.1`);
  fs.writeFileSync(file, "");
  write("e");
  await following.has("a", "b", "c", "d", "e");
  await following.end();
});

test("emptied in place, as with a single file", async () => {
  const { file, write } = open();
  write("a", "b", "c");
  const following = follow(file);
  await following.has("a", "b", "c");
  fs.truncateSync(file, 0);
  write("d");
  const emptied = expect.stringContaining("emptied") as unknown as string;
  await following.has("a", "b", "c", emptied, "d");
  expect(following.records[3]).toMatchObject({ lost: null, cursor: following.records[2]!.cursor });
  // filled beyond the reader's place between two looks
  fs.writeFileSync(file, "");
  write("e", "f", "g", "h");
  await following.has("a", "b", "c", emptied, "d", emptied, "e", "f", "g", "h");
  await following.end();
});

test("a line in pieces goes on in the next file", async () => {
  const { file, write, line } = open();
  write("a");
  const following = follow(file);
  await following.has("a");
  fs.appendFileSync(file, line("x".repeat(16_384), ""));
  fs.renameSync(file, `${file}.1`);
  fs.writeFileSync(file, line("end"));
  await following.has("a", `${"x".repeat(16_384)}end`);
  await following.end();
});

test("where the reader's place was rotated away it is told, once", async () => {
  const { file, write } = open();
  write("a", "b");
  const first = follow(file);
  await first.has("a", "b");
  await first.end();
  fs.rmSync(file);
  write("c");
  const second = follow(file, first.records[1]!.cursor);
  await second.has(expect.stringContaining("rotated") as unknown as string, "c");
  await second.end();
});

test("from a cursor on, in whichever file it is by now", async () => {
  const { file, write } = open();
  write("a", "b", "c");
  const first = follow(file);
  await first.has("a", "b", "c");
  fs.renameSync(file, `${file}.1`);
  fs.writeFileSync(file, "");
  write("d");
  await first.has("a", "b", "c", "d");
  await first.end();
  const written: string[] = [];
  for (const [at, rest] of [
    [0, ["b", "c", "d"]],
    [2, ["d"]],
    [3, []],
  ] as const) {
    const second = follow(file, first.records[at]!.cursor);
    write(`new ${at}`);
    await second.has(...rest, ...written, `new ${at}`);
    written.push(`new ${at}`);
    await second.end();
  }
});

test("ends when the container is removed", async () => {
  const { file, write } = open();
  write("a");
  const following = follow(file);
  await following.has("a");
  fs.rmSync(file);
  await following.ended;
  expect(following.records).toHaveLength(1);
});
