/** What somebody can ask for to do harm: the server goes on answering meanwhile. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followed } from "#lib/logs/follow.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

const api = scratchApi();
const ending = new AbortController();
const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
const URL = "/api/v1/services/local/docker/web/logs";
const get = (query: string, signal: AbortSignal | null = null) => api.request(`${URL}?${query}`, { signal });

beforeAll(async () => {
  docker.add({ name: "web" });
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
  for (let n = 0; n < 300; n += 1) docker.print("web", `${"a".repeat(3000)} ${n}`);
});
afterAll(() => ending.abort());

/** Longest time in milliseconds that nothing else had its turn, while this went on. */
async function blocked(work: () => Promise<unknown>): Promise<number> {
  await work();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // a machine that is busy with other things shows in the best of a few
  const longest: number[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    delay.reset();
    delay.enable();
    await work();
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    longest.push(delay.max / 1e6);
  }
  return Math.min(...longest);
}

test.each([
  ["nested repetition", "(a+)+$", 200],
  ["overlapping alternatives", "(a|a)*b", 200],
  ["many wildcards", "(.*)(.*)(.*)(.*)[^a]$", 200],
  ["repetitions that multiply", "((a{1,20}){1,20}){1,20}", 400],
  ["optional letters before as many", "(?:x?){900}x{900}", 400],
  ["100 kB", "a".repeat(100_000), 400],
] as const)("an expression: %s", { timeout: 60_000 }, async (_, pattern, status) => {
  const query = `tail=all&regex=${encodeURIComponent(pattern)}`;
  const work = async () => {
    const answer = await get(query);
    expect(answer.status).toBe(status);
    await answer.text();
  };
  expect(await blocked(work)).toBeLessThan(50);
});

test("two hundred readers of one log at once each have every line, through one follower", {
  timeout: 60_000,
}, async () => {
  const leaving = new AbortController();
  const readers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const answer = await get("follow=1&tail=0", leaving.signal);
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      const reading = (async () => {
        let text = "";
        for (let over = false; !over && !text.includes('"the last"'); ) {
          const { done, value } = await reader.read();
          over = done;
          text += value ?? "";
        }
        return text
          .split("\n")
          .filter(Boolean)
          .map((line) => (JSON.parse(line) as { text: string }).text);
      })();
      return { reading };
    }),
  );
  expect(followed()).toEqual(["local/docker/web"]);
  const printed = Array.from({ length: 500 }, (_, n) => `n ${n}`);
  for (const line of printed) {
    docker.print("web", line);
    if (line.endsWith("0")) await new Promise((resolve) => setImmediate(resolve));
  }
  docker.print("web", "the last");
  for (const { reading } of readers) expect(await reading).toEqual([...printed, "the last"]);
  leaving.abort();
  await expect.poll(followed).toEqual([]);
});
