import { expect, test } from "vitest";
import type { LogQuery, LogRecord } from "#lib/supervisors/supervisor.ts";
import { EVERYTHING, readHistory } from "./history.ts";

test("a log that is read from its start only is read to its first line, however long it is", async () => {
  const COUNT = 450_000;
  async function* logs(_: string, { tail }: LogQuery): AsyncGenerator<LogRecord> {
    const time = "2026-11-21T12:00:00.000Z";
    for (let n = tail === null ? 0 : Math.max(0, COUNT - tail); n < COUNT; n += 1)
      yield { cursor: String(n), time, stream: "stdout", text: "", priority: null };
  }
  let next = COUNT;
  let isWhole = true;
  const { signal } = new AbortController();
  const source = { service: "a", name: "a", supervisor: { logs } };
  for await (const batch of readHistory(source, { ...EVERYTHING, from: "newest" }, signal))
    for (const { cursor } of batch.toReversed()) {
      next -= 1;
      isWhole &&= cursor === String(next);
    }
  expect({ next, isWhole }).toEqual({ next: 0, isWhole: true });
});

test("behind a line and up to it there is nothing, though more has come since", async () => {
  async function* logs(): AsyncGenerator<LogRecord> {
    for (const cursor of ["2", "3"])
      yield { cursor, time: "2026-11-21T12:00:00.000Z", stream: "stdout", text: cursor, priority: null };
  }
  const read = async (after: string, through: string) => {
    const source = { service: "a", name: "a", supervisor: { logs } };
    const found: string[] = [];
    for await (const batch of readHistory(source, { ...EVERYTHING, after, through }, new AbortController().signal))
      found.push(...batch.map(({ text }) => text));
    return found;
  };
  expect(await read("1", "1")).toEqual([]);
  expect(await read("1", "1~of-several-files")).toEqual([]);
  expect(await read("1", "2")).toEqual(["2"]);
});
