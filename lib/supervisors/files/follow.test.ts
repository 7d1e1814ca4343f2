import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import type { LogRecord } from "../supervisor.ts";
import { readLogs } from "./follow.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-follow-"));
afterAll(() => fs.rmSync(root, { recursive: true }));
afterEach(() => {
  vi.useRealTimers();
});

test("an old file that comes among the followed ones is not new, and one that left is let go", async () => {
  const file = (name: string, ...lines: string[]) => {
    fs.writeFileSync(path.join(root, name), lines.map((line) => `${line}\n`).join(""));
    return path.join(root, name);
  };
  const many = Array.from({ length: 17 }, (_, n) => file(`${n}.log`));
  const untimed = file("untimed.log", "old");
  const timed = file("timed.log", "2020-01-01T00:00:00Z old");
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
  let named = many;
  const files = async () => new Map(named.map((one) => [one, "stdout" as const]));
  const ending = new AbortController();
  const records: LogRecord[] = [];
  const query = { tail: null, since: null, until: null, after: null, follow: true };
  const reading = (async () => {
    for await (const record of readLogs({ admit: null, files }, query, ending.signal)) records.push(record);
  })();
  await vi.advanceTimersByTimeAsync(1000);
  named = [...many.slice(1), untimed, timed];
  await vi.advanceTimersByTimeAsync(11_000);
  fs.appendFileSync(untimed, "new\n");
  fs.appendFileSync(timed, `${new Date().toISOString()} new\n`);
  fs.appendFileSync(many[0]!, "left\n");
  await vi.advanceTimersByTimeAsync(1000);
  ending.abort();
  await vi.advanceTimersByTimeAsync(1);
  await reading;
  expect(records.map(({ text }) => text.split(" ").at(-1)).sort()).toEqual(["new", "new"]);
});
