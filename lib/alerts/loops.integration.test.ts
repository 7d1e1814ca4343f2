/**
 * Processes that live for 50 ms, under each supervisor: every crash is counted, and each service has one alert. Ten thousand
 * under each with TRIHELM_NIGHTLY=1, some hundreds else.
 */
import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import { type Failures, openFailures } from "#lib/services/causes/failures-rig.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { startAlerts } from "./start.ts";
import { listIncidents } from "./store.ts";

const RUN = "trihelm-loops";
const NIGHTLY = process.env.TRIHELM_NIGHTLY === "1";
const SERVICES = NIGHTLY ? 20 : 2;
/** the engine waits twice as long before each restart, a minute at last: many containers, and few crashes of each */
const BOXES = NIGHTLY ? 200 : 3;
/** of each service */
const CRASHES = NIGHTLY ? { systemd: 500, pm2: 500, docker: 50 } : { systemd: 100, pm2: 60, docker: 7 };
const PATIENCE = NIGHTLY ? 7_200_000 : 120_000;

process.env.TRIHELM_LOG_LEVEL = "silent";
let on: Failures;
const ending = new AbortController();
const indices = Array.from({ length: SERVICES }, (_, n) => n);

beforeAll(async () => {
  on = await openFailures(RUN);
  await startAlerts(ending.signal);
}, 120_000);

afterAll(async () => {
  ending.abort();
  await on.close();
}, 120_000);

/** Crashes so often once it may, and runs on then: it counts for itself. */
function crashing(times: number, name: string): string {
  const count = `${on.folder}/${name}.count`;
  fs.writeFileSync(count, "");
  return [
    "#!/bin/sh",
    `while [ ! -e ${on.folder}/go ]; do sleep 0.1; done`,
    `[ "$(wc -c < ${count})" -ge ${times} ] && exec sleep 100000`,
    `printf x >> ${count}`,
    "sleep 0.05",
    "exit 3",
  ].join("\n");
}

/** Until every one of them has crashed so often and runs. */
async function over(ids: readonly string[], counts: () => number[], times: number): Promise<void> {
  const isOver = () =>
    counts().every((count) => count === times) && ids.every((id) => snapshot().service(id)?.state === "running");
  while (!isOver()) await sleep(250);
  // what was counted last is written a moment later
  await sleep(3000);
}

async function expectOneEach(ids: readonly string[], times: number): Promise<void> {
  for (const id of ids) {
    const incidents = await listIncidents({ state: "all", service: id }, { before: null, most: 10 });
    const told = incidents.map(({ detail, count }) => ({ kinds: detail.reasons.map(({ kind }) => kind), count }));
    expect(told, id).toEqual([{ kinds: expect.arrayContaining(["loop"]), count: times }]);
  }
}

/** Lets those crash that wait for it, once each of them was seen. */
async function expectEachCounted({
  ids,
  names,
  times,
}: {
  ids: string[];
  names: string[];
  times: number;
}): Promise<void> {
  await on.seen(ids);
  on.file("go", "");
  await over(ids, written(names), times);
  await on.tool("rm", `${on.folder}/go`);
  await expectOneEach(ids, times);
}

const written = (names: readonly string[]) => () => names.map((name) => fs.statSync(`${on.folder}/${name}.count`).size);

describe("each crash is counted, and each service has one alert", { timeout: PATIENCE }, () => {
  test("systemd", async () => {
    const times = CRASHES.systemd;
    const names = indices.map((n) => `unit-${n}`);
    const units = names.map((name) => {
      const script = on.file(`${name}.sh`, crashing(times, name), 0o755);
      return on.unit(name, [`ExecStart=${script}`, "Restart=always", "RestartSec=0"], ["StartLimitIntervalSec=0"]);
    });
    const ids = units.map((unit) => `local/systemd/${unit}`);
    await on.tool("systemctl", "daemon-reload");
    await on.tool("systemctl", "start", ...units);
    await expectEachCounted({ ids, names, times });
  });

  test("PM2", async () => {
    const times = CRASHES.pm2;
    const names = indices.map((n) => `${RUN}-app-${n}`);
    for (const name of names) {
      const script = on.file(`${name}.sh`, crashing(times, name), 0o755);
      await on.pm2.start([script, "--name", name, "--interpreter", "sh", "--max-restarts", "1000000"]);
    }
    const ids = names.map((name) => `local/pm2/${name}`);
    await expectEachCounted({ ids, names, times });
  });

  test("Docker", async () => {
    const times = CRASHES.docker;
    const body = `touch /count; [ "$(wc -c < /count)" -ge ${times} ] && exec sleep 100000; printf x >> /count; sleep 0.05; exit 3`;
    const options = ["--network", "none", "--restart", "always"];
    const boxes = Array.from({ length: BOXES }, (_, n) => on.container(`box-${n}`, options, ["sh", "-c", body]));
    const ids = (await Promise.all(boxes)).map((name) => `local/docker/${name}`);
    const counts = () => ids.map((id) => snapshot().service(id)?.restarts ?? 0);
    await over(ids, counts, times);
    await expectOneEach(ids, times);
  });
});
