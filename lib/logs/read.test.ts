import { expect, test } from "vitest";
import type { HistoryQuery, LogRecord, TimedMark } from "#lib/supervisors/supervisor.ts";
import { parseSelection } from "./query.ts";
import { readLines } from "./read.ts";

test.each(["500", "6000", "all"])("an answer begins before its last line is found: tail=%s", async (tail) => {
  const { signal } = new AbortController();
  async function* endless(): AsyncGenerator<LogRecord[]> {
    yield [];
    await new Promise(() => undefined);
  }
  const supervisor = {
    logs: async function* () {
      yield* [];
    },
    history: async () => endless(),
  };
  const lines = readLines({ service: "a", name: "a", supervisor }, parseSelection({ tail, q: "rare" }), { signal });
  expect(await lines.next()).toEqual({ done: false, value: [] });
});

test("what became of a service while its reader was away is told", async () => {
  const { signal } = new AbortController();
  const time = (second: number) => `2026-11-21T12:00:0${second}.000Z`;
  const records = [1, 4].map(
    (at): LogRecord => ({ cursor: `c${at}`, time: time(at), stream: "stdout", text: `line ${at}`, priority: null }),
  );
  async function* read({ after, through }: HistoryQuery): AsyncGenerator<LogRecord[]> {
    const index = (cursor: string) => records.findIndex((record) => record.cursor === cursor);
    yield records.slice(after === null ? 0 : index(after) + 1, through === null ? 9 : index(through) + 1);
  }
  const marks = [0, 2, 5].map((at): TimedMark => ({ time: time(at), kind: "started", code: at, signal: null }));
  const supervisor = {
    async *logs() {
      yield* [];
    },
    history: async (_: string, query: HistoryQuery) => read(query),
    marks: async () => marks,
  };
  const told = async (after: string) => {
    const lines: string[] = [];
    const selection = parseSelection({ after, markers: "1" });
    for await (const batch of readLines({ service: "a", name: "a", supervisor }, selection, { signal }))
      lines.push(...batch.map(({ text, cursor }) => `${cursor} ${text}`));
    return lines;
  };
  expect(await told("c1")).toEqual(["c1 Started, code 2", "c4 line 4", "c4 Started, code 5"]);
  expect(await told("c4")).toEqual(["c4 Started, code 5"]);
});
