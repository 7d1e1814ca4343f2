/** Codes out of real logs: a container and a PM2 app that print them, rotate them, are linked, stopped, and go mad. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followed } from "#lib/logs/follow.ts";
import { codes } from "#lib/relay/codes.ts";
import { drawn, whatsapp } from "#lib/relay/relay-rig.ts";
import type { Code } from "#lib/relay/shapes.ts";
import { startRelay } from "#lib/relay/start.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";
import { openFarEngine } from "#lib/supervisors/docker/far-engine-rig.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import { createPm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import { scratchApi } from "./api-rig.ts";
import { openBrowser } from "./browser-rig.ts";
import { eventsOf } from "./events-rig.ts";

process.env.TRIHELM_LOG_LEVEL = "silent";

const PREFIX = "trihelm-relay";
const IMAGE = `${PREFIX}:base`;
const docker = cliOf("unix:///var/run/docker.sock");
const pm2 = createPm2Rig();
const ending = new AbortController();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-relay-"));
const sources = [
  createDocker({ host: "local", endpoint: "unix:///var/run/docker.sock" }),
  createPm2({ host: "local", home: pm2.home, user: null }),
];
const made: string[] = [];
let far: Awaited<ReturnType<typeof openFarEngine>>;
const api = scratchApi();

// prints whatever is put before it, and nothing else
const SHELL = "while :; do if [ -f /in/next ]; then cat /in/next; rm /in/next; fi; sleep 0.02; done";
const NODE = `const fs = require("node:fs"); const file = process.argv[2];
setInterval(() => { if (fs.existsSync(file)) { process.stdout.write(fs.readFileSync(file)); fs.rmSync(file); } }, 20);`;

interface Bot {
  id: string;
  name: string;
  /** puts lines before it, which it prints at once */
  print: (...lines: string[]) => void;
}

beforeAll(async () => {
  await makeImage(docker, IMAGE);
  far = await openFarEngine("/var/run/docker.sock");
  sources.push(createDocker({ host: "far", endpoint: far.endpoint }));
  for (const source of sources) watchSupervisor(source, ending.signal);
  await startRelay(ending.signal);
}, 60_000);
afterAll(async () => {
  ending.abort();
  for (const source of sources) source.close();
  far.close();
  for (const name of made) await docker("rm", "--force", "--volumes", name);
  await docker("rmi", "--force", IMAGE);
  await pm2.close();
  fs.rmSync(folder, { recursive: true });
}, 60_000);

async function container(name: string, script = SHELL, host = "local"): Promise<Bot> {
  const full = `${PREFIX}-${name}`;
  const box = path.join(folder, name);
  fs.mkdirSync(box);
  made.push(full);
  const options = ["--name", full, "--label", "trihelm.test=1", "--network", "none", "--volume", `${box}:/in`];
  await docker("run", "--detach", ...options, IMAGE, "sh", "-c", script);
  return known({ id: `${host}/docker/${full}`, name: full, print: (...lines) => put(path.join(box, "next"), lines) });
}

async function app(name: string): Promise<Bot> {
  const script = path.join(pm2.home, `${name}.js`);
  const box = path.join(folder, `${name}.next`);
  fs.writeFileSync(script, NODE);
  await pm2.start([script, "--name", name, "--merge-logs", "--", box]);
  return known({ id: `local/pm2/${name}`, name, print: (...lines) => put(box, lines) });
}

async function known(bot: Bot): Promise<Bot> {
  await expect.poll(() => snapshot().service(bot.id)?.state, { timeout: 20_000 }).toBe("running");
  return bot;
}

function put(file: string, lines: string[]): void {
  fs.writeFileSync(`${file}.part`, `${lines.join("\n")}\n`);
  fs.renameSync(`${file}.part`, file);
}

async function codeOf(id: string): Promise<Code | undefined> {
  const { body } = await api.call("GET", "/api/v1/relay/codes");
  return body.items.find(({ service }: Code) => service === id);
}

describe.each([
  ["a container", () => container("bot")],
  ["a container of an engine whose files cannot be read", () => container("far-bot", SHELL, "far")],
  ["a PM2 app", () => app("bot")],
])("%s", (_, start) => {
  test("prints, rotates, goes stale, is linked; its link dies, its guest's stream closes", {
    timeout: 60_000,
  }, async () => {
    const bot = await start();
    expect(await codeOf(bot.id)).toBeUndefined();
    await expect.poll(followed).toContain(bot.id);
    const { body: link } = await api.call("POST", "/api/v1/relay/links", { service: bot.id, expiresIn: 600 });
    const guest = openBrowser(api);
    await guest.post("/api/v1/relay/guest", { id: link.id, token: link.url.split("#")[1] });
    const headers = { cookie: [...guest.cookies].map((pair) => pair.join("=")).join("; ") };
    const stream = await eventsOf(api, "/api/v1/relay/guest/events", { as: null, headers });
    for (const n of [1, 2, 3]) {
      bot.print('{"level":30,"msg":"[WA] Action Required: Scan QR Code"}', ...drawn(whatsapp(n)));
      await expect.poll(() => codes().of(bot.id)?.payload, { timeout: 5000, interval: 10 }).toBe(whatsapp(n));
      expect(await codeOf(bot.id)).toMatchObject({ payload: whatsapp(n), codes: n, state: "waiting" });
    }
    await expect.poll(() => stream.of("view").at(-1)).toMatchObject({ state: "waiting", codes: 3 });
    codes().tick(Date.now() + 30_000);
    await expect.poll(() => stream.of("view").at(-1)).toMatchObject({ state: "stale" });
    bot.print('{"level":30,"msg":"[WA] WhatsApp Client Connected"}');
    await stream.ended;
    expect(stream.of("view").at(-1)).toMatchObject({ state: "linked", endedAs: "linked" });
    expect(await codeOf(bot.id)).toMatchObject({ state: "linked", payload: null });
    expect(stream.text()).not.toContain(whatsapp(3).slice(0, 20));
  });
});

test("a code that was printed while nobody looked is there at the first look", { timeout: 60_000 }, async () => {
  const bot = await container("early");
  bot.print(...drawn(whatsapp(20)));
  await expect.poll(async () => (await docker("logs", bot.name)).length).toBeGreaterThan(1000);
  await expect.poll(async () => (await codeOf(bot.id))?.payload).toBe(whatsapp(20));
});

test("stopped, killed, removed: the code goes; started again, the next one comes", { timeout: 60_000 }, async () => {
  const bot = await container("stopped");
  bot.print(...drawn(whatsapp(30)));
  await expect.poll(async () => (await codeOf(bot.id))?.payload).toBe(whatsapp(30));
  await docker("kill", bot.name);
  await expect.poll(() => codeOf(bot.id), { timeout: 10_000 }).toBeUndefined();
  await docker("start", bot.name);
  bot.print(...drawn(whatsapp(31)));
  await expect.poll(async () => (await codeOf(bot.id))?.payload, { timeout: 10_000 }).toBe(whatsapp(31));
  await docker("rm", "--force", bot.name);
  await expect.poll(() => codeOf(bot.id), { timeout: 10_000 }).toBeUndefined();
});

test("a daemon that dies leaves what it showed to go stale, and the rest going on", { timeout: 60_000 }, async () => {
  const bot = await app("orphan");
  const other = await container("beside");
  bot.print(...drawn(whatsapp(40)));
  await expect.poll(async () => (await codeOf(bot.id))?.payload, { timeout: 10_000 }).toBe(whatsapp(40));
  await pm2.killDaemon();
  await expect.poll(() => snapshot().service(bot.id)?.stale, { timeout: 20_000 }).not.toBeNull();
  other.print(...drawn(whatsapp(41)));
  await expect.poll(async () => (await codeOf(other.id))?.payload, { timeout: 10_000 }).toBe(whatsapp(41));
  codes().tick(Date.now() + 70_000);
  expect((await codeOf(bot.id))?.state).not.toBe("waiting");
});

test("thousands of codes a second cost one service's memory, and nobody else's codes", {
  timeout: 90_000,
}, async () => {
  const quiet = await container("quiet");
  await codeOf(quiet.id);
  const mad = await container("mad", "sleep 2; while [ ! -f /in/stop ]; do cat /in/torrent; sleep 1; done; sleep 600");
  const torrent = Array.from({ length: 10_000 }, (_, n) => whatsapp(n)).join("\n");
  fs.writeFileSync(path.join(folder, "mad", "torrent"), `${torrent}\n`);
  const before = process.memoryUsage().rss;
  let most = before;
  for (let n = 0; n < 20; n += 1) {
    await codeOf(mad.id);
    await sleep(500);
    most = Math.max(most, process.memoryUsage().rss);
  }
  expect(codes().of(mad.id)?.payload).toMatch(/^2@/);
  expect(
    codes()
      .all()
      .filter(({ service }) => service === mad.id),
  ).toHaveLength(1);
  quiet.print(...drawn(whatsapp(51)));
  await expect.poll(async () => (await codeOf(quiet.id))?.payload, { timeout: 15_000 }).toBe(whatsapp(51));
  fs.writeFileSync(path.join(folder, "mad", "stop"), "");
  expect((most - before) / 1e6).toBeLessThan(250);
});
