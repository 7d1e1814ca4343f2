import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFake } from "./adapter.ts";
import { type FakeEngine, withVolumes } from "./volumes.ts";

const never = new AbortController().signal;
let engine: FakeEngine;

beforeEach(() => {
  engine = withVolumes(createFake({ host: "local", scope: "docker", kind: "docker" }));
  engine.addVolume({ name: "wa-db", files: { "a/b.txt": "hello", c: "world" } });
  const mount = { type: "volume" as const, source: "wa-db", target: "/data", readOnly: false };
  engine.add({ name: "api", source: "api:1" }, { detail: { mounts: [mount] } });
});
afterEach(() => engine.close());

test("content goes from one volume into another, and a part of it comes alone", async () => {
  await engine.createVolume({ name: "copy", labels: {} });
  await engine.writeVolume("copy", await engine.readVolume("wa-db", never), never);
  const copy = await engine.folderOf("copy");
  expect(fs.readFileSync(path.join(copy, "a/b.txt"), "utf8")).toBe("hello");
  const part = await buffer(await engine.readVolume("wa-db", never, "/a"));
  expect(part.toString("latin1")).toMatch(/^\.\//);
  expect(part.includes("b.txt")).toBe(true);
  expect(part.includes("world")).toBe(false);
  expect(engine.openHelpers).toBe(0);
  await expect(engine.writeVolume("copy", Readable.from([]), never)).rejects.toMatchObject({ reason: "refused" });
});

test("who uses it is told, and keeps it from being removed", async () => {
  expect((await engine.volumes()).find(({ name }) => name === "wa-db")?.usedBy).toEqual(["api"]);
  expect(await engine.volumeUsers("wa-db")).toMatchObject([{ name: "api", state: "running", image: "api:1" }]);
  await expect(engine.removeVolume("wa-db")).rejects.toMatchObject({ reason: "refused" });
  engine.remove("api");
  const folder = await engine.folderOf("wa-db");
  await engine.removeVolume("wa-db");
  expect(fs.existsSync(folder)).toBe(false);
});

test("an engine that is away has no volumes to tell", async () => {
  engine.down();
  await expect(engine.volumes()).rejects.toMatchObject({ reason: "unreachable" });
  await expect(engine.readVolume("wa-db", never)).rejects.toMatchObject({ reason: "unreachable" });
});
