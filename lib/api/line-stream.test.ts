import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogLine } from "#lib/logs/line.ts";
import { sleep } from "#lib/platform/clock.ts";
import { lineResponse, NDJSON } from "./line-stream.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("lines of which none is wanted do not keep a stream from saying that it is there", async () => {
  const leaving = new AbortController();
  async function* filtered(signal: AbortSignal): AsyncGenerator<LogLine[]> {
    yield [];
    while (!signal.aborted) {
      await sleep(10_000, signal);
      yield [];
    }
  }
  const request = new Request("http://localhost/", { signal: leaving.signal });
  const answer = await lineResponse(filtered, NDJSON, { request });
  const said: string[] = [];
  const reading = (async () => {
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) said.push(part);
  })();
  await vi.advanceTimersByTimeAsync(65_000);
  expect(said).toEqual(["\n", "\n", "\n", "\n"]);
  leaving.abort();
  await vi.advanceTimersByTimeAsync(1);
  await reading;
});
