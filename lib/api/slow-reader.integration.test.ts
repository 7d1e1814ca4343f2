/** A reader that does not read, over a real socket, while 200 MB are written. */
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogLine } from "#lib/logs/line.ts";
import { sleep } from "#lib/platform/clock.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

process.env.TRIHELM_LOG_LEVEL = "silent";
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const MB = 1024 * 1024;
const LINE = "x".repeat(1000);
const COUNT = 200_000;
const SLOW = 12;
const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
const api = scratchApi();
const ending = new AbortController();
const server = http.createServer(async (incoming, outgoing) => {
  const leaving = new AbortController();
  outgoing.on("close", () => leaving.abort());
  const answer = await api.request(incoming.url!, { signal: leaving.signal });
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
    .on("error", () => outgoing.destroy())
    .pipe(outgoing);
});

beforeAll(async () => {
  for (const name of ["loud", "louder"]) docker.add({ name });
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  ending.abort();
  server.close();
});

/** Opens a stream, reads its beginning and no more until told. */
async function open(path: string, { keeps = true } = {}) {
  const socket = net.connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  let text = "";
  let chunks = 0;
  const take = (chunk: Buffer) => {
    chunks += 1;
    text = (keeps ? text : text.slice(-1000)) + chunk.toString("utf8");
  };
  socket.on("data", take);
  await expect.poll(() => text, { timeout: 5000 }).toContain("200 OK");
  return {
    stall: () => socket.pause(),
    /** Until nothing more comes. */
    async rest() {
      for (let before = -1; before !== chunks; ) {
        before = chunks;
        await sleep(500);
      }
    },
    leave: () => socket.destroy(),
    async readTo(end: string, times: number): Promise<LogLine[]> {
      socket.resume();
      await expect.poll(() => text.split(end).length - 1, { timeout: 30_000 }).toBe(times);
      socket.destroy();
      return text
        .split(/\r?\n/)
        .flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line)] : []));
    },
  };
}

/** What is held; what is only not yet collected comes and goes between looks. */
async function leastUsed(): Promise<number> {
  const looks: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    looks.push(heapUsed + external);
    await sleep(100);
  }
  return Math.min(...looks);
}

async function print(names: readonly string[], count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    docker.print(names[n % names.length]!, `${n} ${LINE}`);
    if (n % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await sleep(300);
}

test.each([
  ["one service", ["loud"], "/api/v1/services/local/docker/loud/logs?follow=1&tail=0"],
  [
    "two merged",
    ["loud", "louder"],
    "/api/v1/logs?service=local/docker/loud&service=local/docker/louder&follow=1&tail=0",
  ],
] as const)(
  "%s: costs a megabyte at most, is told what it missed, and catches up",
  { timeout: 90_000 },
  async (_, names, url) => {
    // what is shared with every reader is there already, and full
    const other = await open(url, { keeps: false });
    await print(names, 12_000);
    // a line that the shared follower has still to hand out would be new to the next reader too
    await other.rest();
    const before = await leastUsed();
    // several: what is shared comes and goes by more than the one of them should cost
    const slow = await Promise.all(Array.from({ length: SLOW }, () => open(url)));
    for (const reader of slow) reader.stall();
    await print(names, COUNT);
    // memory of buffers is given back a while after they were collected, on a busy machine; what is held stays held
    const cost = async () => ((await leastUsed()) - before) / MB / SLOW;
    await expect.poll(cost, { timeout: 30_000, interval: 500 }).toBeLessThan(1);
    for (const name of names) docker.print(name, "the very end");
    for (const reader of slow) {
      const lines = await reader.readTo("the very end", names.length);
      const missed = lines.flatMap(({ gap }) => (gap ? [gap.lines ?? Number.NaN] : []));
      expect(missed.length).toBeGreaterThan(0);
      expect(lines.length - missed.length + missed.reduce((a, b) => a + b, 0)).toBe(COUNT + names.length);
    }
    other.leave();
  },
);
