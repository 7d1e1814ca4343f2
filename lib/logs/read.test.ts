import { expect, test } from "vitest";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
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
