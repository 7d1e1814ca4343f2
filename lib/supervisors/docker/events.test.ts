import fs from "node:fs";
import { expect, test } from "vitest";
import { parseEvent, readEvents } from "./events.ts";
import type { EngineEvent } from "./shapes.ts";

const recorded = fs.readFileSync(new URL("fixtures/events.ndjson", import.meta.url), "utf8");

/** The recorded stream in pieces of any size. */
async function* cut(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}

async function read(size: number): Promise<EngineEvent[]> {
  const found: EngineEvent[] = [];
  for await (const event of readEvents(cut(recorded, size))) found.push(event);
  return found;
}

test("a recorded life of a container, however the stream is cut", async () => {
  const words = (await read(65_536)).map(({ action, attributes }) =>
    [action, attributes.signal, attributes.exitCode].filter(Boolean).join(" "),
  );
  expect(words).toEqual([
    ..."create|start|kill 15|kill 9|die 137|stop|start|kill 15|kill 9|die 137|stop|start|restart".split("|"),
    ..."kill 9|die 137|start|kill 15|rename|update|pause|unpause|kill 9|die 137|destroy".split("|"),
  ]);
  expect(await read(7)).toEqual(await read(65_536));
});

test("health says its verdict behind a colon, exec and other kinds tell nothing", () => {
  const line = (over: object) => JSON.stringify({ Type: "container", Actor: { ID: "a", Attributes: {} }, ...over });
  expect(parseEvent(line({ Action: "health_status: unhealthy", time: 7 }))).toMatchObject({
    action: "health_status",
    at: 7000,
  });
  expect(parseEvent(line({ Action: "exec_start: /bin/sh -c die" }))).toBeNull();
  expect(parseEvent(line({ Action: "top" }))).toBeNull();
  expect(parseEvent(line({ Action: "die", Type: "network" }))).toBeNull();
});

test("Podman's words are Docker's, and what is no event is passed over", () => {
  const podman = { status: "died", id: "a", Type: "container", Actor: { ID: "a", Attributes: { name: "x" } } };
  expect(parseEvent(JSON.stringify({ ...podman, Action: "died" }))).toMatchObject({ action: "die", name: "x" });
  expect(parseEvent("{half")).toBeNull();
  expect(parseEvent("")).toBeNull();
});
