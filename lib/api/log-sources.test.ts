import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bearer } from "#lib/auth/people-rig.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { addLogSource } from "#lib/logs/store.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import type { JournalSource, LogRecord } from "#lib/supervisors/supervisor.ts";
import { scratchApi } from "./api-rig.ts";

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-sources-")));
const api = scratchApi();
const ending = new AbortController();
const BOOTS = [
  { id: "b".repeat(32), index: 0, from: "2026-11-21T12:00:00.000000Z", to: "2026-11-21T12:30:00.999999Z" },
  { id: "a".repeat(32), index: -1, from: "2026-11-20T12:00:00.000000Z", to: "2026-11-20T13:00:00.999999Z" },
];
const kernel: LogRecord[] = ["2026-11-20T12:10:00.000000Z", "2026-11-21T12:10:00.000000Z"].map((time, at) => ({
  ...{ cursor: `k${at}`, time, stream: "stdout", text: `usb ${at}`, priority: 4 },
}));

beforeAll(async () => {
  const systemd = createFake({ host: "local", scope: "systemd", kind: "systemd" });
  systemd.add({ name: "clawdis.service" });
  const journal: JournalSource = {
    boots: async () => BOOTS,
    kernel: {
      async *logs(_name, { since, until }) {
        yield* kernel.filter(({ time }) => time >= (since ?? "") && time <= (until ?? "9"));
      },
    },
  };
  watchSupervisor(Object.assign(systemd, journal), ending.signal);
  await firstLook(2000);
  expect(snapshot().service("local/systemd/clawdis.service")).not.toBeNull();
});
afterAll(() => {
  ending.abort();
  fs.rmSync(folder, { recursive: true });
});

const call = (url: string, method = "GET", body?: unknown) => api.request(`/api/v1${url}`, { method, body });
async function add(pattern: string, more: object = {}): Promise<string> {
  const answer = await call("/log-sources", "POST", { pattern, ...more });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}
async function lines(url: string): Promise<LogLine[]> {
  const answer = await call(url);
  expect(answer.status).toBe(200);
  return (await answer.text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
const texts = async (url: string) => (await lines(url)).map(({ text }) => text);
const write = (name: string, ...text: string[]) => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.appendFileSync(file, text.map((line) => `${line}\n`).join(""));
  return file;
};

describe("files that somebody named", () => {
  test("a glob is one log in the order of its times, with what rotation made of it, and goes when it is removed", async () => {
    const at = (minute: number) => `2026-11-21T12:${String(minute).padStart(2, "0")}:00Z`;
    write("sessions/a.jsonl", `{"time":"${at(1)}","msg":"a1"}`, `{"time":"${at(4)}","msg":"a4"}`);
    write("sessions/b.jsonl", `{"time":"${at(2)}","level":50,"msg":"b2"}`);
    const id = await add(`${folder}/sessions/*.jsonl`, { title: "Sessions", service: "local/systemd/clawdis.service" });
    expect(await texts(`/services/${id}/logs`)).toEqual([
      expect.stringContaining("a1"),
      expect.stringContaining("b2"),
      expect.stringContaining("a4"),
    ]);
    expect(await lines(`/services/${id}/logs?level=error`)).toMatchObject([{ service: id, fields: { msg: "b2" } }]);
    const { items } = (await (await call("/log-sources")).json()) as { items: unknown[] };
    expect(items).toMatchObject([
      { id: "local/journal/kernel", kind: "kernel" },
      { id, kind: "file", title: "Sessions", service: "local/systemd/clawdis.service", files: 2, problem: null },
    ]);
    expect((await call(`/log-sources/${id.split("/")[2]}`, "DELETE")).status).toBe(204);
    expect((await call(`/log-sources/${id.split("/")[2]}`, "DELETE")).status).toBe(404);
    expect((await call(`/services/${id}/logs`)).status).toBe(404);
  });

  test("rotated files belong to the one that goes on, packed ones too", async () => {
    const file = write("web.log", "three");
    write("web.log.1", "two");
    fs.writeFileSync(`${file}.2.gz`, gzipSync("one\n"));
    for (const [at, name] of ["web.log.2.gz", "web.log.1", "web.log"].entries())
      fs.utimesSync(path.join(folder, name), 1_763_700_000 + at, 1_763_700_000 + at);
    const id = await add(`${folder}/web.log*`);
    expect(await texts(`/services/${id}/logs?tail=all`)).toEqual(["one", "two", "three"]);
    expect(await texts(`/services/${id}/logs?tail=all&q=TWO`)).toEqual(["two"]);
  });

  test("scrolling through a hundred files gives every line once, from either end", async () => {
    for (let n = 0; n < 100; n += 1)
      write(
        `many/${n}.log`,
        ...[0, 1, 2].map((k) => `${new Date(Date.UTC(2026, 10, 21) + (k * 100 + n) * 1000).toISOString()} ${n} ${k}`),
      );
    const id = await add(`${folder}/many/*.log`);
    const all = await texts(`/services/${id}/logs?tail=all`);
    expect(new Set(all).size).toBe(300);
    expect(all).toEqual(all.toSorted());
    let page = await lines(`/services/${id}/logs?tail=70`);
    const back = [...page];
    for (let pages = 0; page.length > 0 && pages < 10; pages += 1) {
      page = await lines(`/services/${id}/logs?tail=70&before=${encodeURIComponent(page[0]!.cursor)}`);
      back.unshift(...page);
    }
    expect(back.map(({ text }) => text)).toEqual(all);
    expect(Math.max(...back.map(({ cursor }) => cursor.length))).toBeLessThan(900);
    for (const at of [0, 99, 150, 298]) {
      const after = encodeURIComponent(back[at]!.cursor);
      expect(await texts(`/services/${id}/logs?after=${after}`)).toEqual(all.slice(at + 1));
    }
  });

  test.each([
    ["relative", "logs/*.log"],
    ["everything", "/*"],
    ["without a folder", "/**/x.log"],
    ["with a way up", "/var/log/../../etc/passwd"],
    ["what the system keeps", "/etc/shadow"],
    ["processes", "/proc/self/environ"],
    ["keys", "/home/alice/.ssh/id_ed25519"],
    ["what has no end", "/var/log/*a*a*a*a*b.log"],
    ["a number of names", "/var/log/{1..100000000}"],
  ])("%s is refused: %s", async (_, pattern) => {
    const answer = await call("/log-sources", "POST", { pattern });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "validation" });
    const { items } = (await (await call("/log-sources")).json()) as { items: { pattern: string | null }[] };
    expect(items.map((item) => item.pattern)).not.toContain(pattern);
  });

  test("Trihelm's own data is refused, by its name and through a link", async () => {
    const data = api.folder();
    fs.writeFileSync(path.join(data, "secret.log"), "secret\n");
    expect((await call("/log-sources", "POST", { pattern: `${data}/*.log` })).status).toBe(400);
    fs.symlinkSync(path.join(data, "secret.log"), path.join(folder, "link.log"));
    fs.symlinkSync("/etc/passwd", path.join(folder, "passwd.log"));
    for (const name of ["link.log", "passwd.log"]) {
      const id = await add(path.join(folder, name));
      expect(await texts(`/services/${id}/logs`)).toEqual([]);
      const followed = await call(`/services/${id}/logs?follow=1`);
      expect(followed.status).toBe(200);
      await followed.body?.cancel();
    }
    // a link to a log is a log
    fs.symlinkSync(write("real.log", "fine"), path.join(folder, "good.log"));
    expect(await texts(`/services/${await add(path.join(folder, "good.log"))}/logs`)).toEqual(["fine"]);
  });

  test("files are looked for only where the caller may hear of them, and once for all who ask together", async () => {
    for (const id of ["mine", "other"]) {
      write(`${id}/a.log`, "line");
      await addLogSource({ id, pattern: `${folder}/${id}/*.log`, title: id, service: null });
    }
    const opened = vi.spyOn(fs.promises, "opendir");
    const looks = (name: string) => opened.mock.calls.filter(([at]) => at === path.join(folder, name)).length;
    const as = await bearer(api.people.viewer, { services: ["local/file/mine"] });
    for (let asked = 0; asked < 3; asked += 1) {
      const { body } = await api.call("GET", "/api/v1/log-sources", undefined, { as });
      expect(body.items).toMatchObject([{ id: "local/file/mine", files: 1, problem: null }]);
    }
    expect([looks("mine"), looks("other")]).toEqual([1, 0]);
    await call("/log-sources");
    expect([looks("mine"), looks("other")]).toEqual([1, 1]);
    opened.mockRestore();
  });

  test("a service that is not there is not found", async () => {
    const more = { pattern: `${folder}/x.log`, service: "local/docker/nope" };
    expect((await call("/log-sources", "POST", more)).status).toBe(404);
  });
});

test("the kernel is a log, and any log can be bounded to a boot", async () => {
  const url = "/services/local/journal/kernel/logs";
  expect(await texts(url)).toEqual(["usb 0", "usb 1"]);
  expect((await (await call("/log-sources/boots")).json()) as unknown).toEqual({ items: BOOTS });
  expect(await texts(`${url}?boot=0`)).toEqual(["usb 1"]);
  expect(await texts(`${url}?boot=-1`)).toEqual(["usb 0"]);
  expect(await texts(`${url}?boot=${"a".repeat(32)}`)).toEqual(["usb 0"]);
  expect(await texts(`${url}?boot=-1&until=2026-11-20T12:05:00Z`)).toEqual([]);
  expect((await call(`${url}?boot=-7`)).status).toBe(400);
});
