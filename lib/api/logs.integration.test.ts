/** The oracle over real Docker and PM2, and what a container can print to do harm. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogLine } from "#lib/logs/line.ts";
import { watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";
import { openFarEngine } from "#lib/supervisors/docker/far-engine-rig.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import { createPm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import {
  all,
  counting,
  countingScript,
  expectSame,
  known,
  LINES,
  numbers,
  PATIENCE,
  readWithLosses,
  textsOf,
} from "./oracle-rig.ts";

process.env.TRIHELM_LOG_LEVEL = "silent";

const SOCKET = "/var/run/docker.sock";
const PREFIX = "trihelm-dklogs";
const IMAGE = `${PREFIX}:base`;
const docker = cliOf(`unix://${SOCKET}`);
const pm2 = createPm2Rig();
const ending = new AbortController();
let far: Awaited<ReturnType<typeof openFarEngine>>;
const sources = [
  createDocker({ host: "local", endpoint: `unix://${SOCKET}` }),
  createPm2({ host: "local", home: pm2.home, user: null }),
];
const made: string[] = [];

beforeAll(async () => {
  await makeImage(docker, IMAGE);
  far = await openFarEngine(SOCKET);
  sources.push(createDocker({ host: "far", endpoint: far.endpoint }));
  for (const source of sources) watchSupervisor(source, ending.signal);
}, 60_000);
afterAll(async () => {
  ending.abort();
  for (const source of sources) source.close();
  far.close();
  for (const name of made) await docker("rm", "--force", "--volumes", name);
  await docker("rmi", "--force", IMAGE);
  await pm2.close();
}, 60_000);

async function run(name: string, script: string, ...settings: string[]): Promise<string> {
  if (!made.includes(`${PREFIX}-${name}`)) made.push(`${PREFIX}-${name}`);
  const options = ["--name", `${PREFIX}-${name}`, "--label", "trihelm.test=1", ...settings];
  await docker("run", "--detach", ...options, IMAGE, "sh", "-c", script);
  return known(`local/docker/${PREFIX}-${name}`);
}

/** An app that counts into a file of its own. */
async function startApp(name: string, body = countingScript()): Promise<{ log: string; url: string }> {
  const script = path.join(pm2.home, `${name}.js`);
  fs.writeFileSync(script, body);
  const log = path.join(pm2.home, `${name}.log`);
  await pm2.start([script, "--name", name, "--merge-logs", "--output", log, "--error", "/dev/null"]);
  await known(`local/pm2/${name}`);
  return { log, url: `/services/local/pm2/${name}/logs` };
}

const HOSTILE = [
  "\\033]8;;javascript:alert(1)\\007link\\033]8;;\\007",
  "\\033]52;c;ZXZpbA==\\007",
  "nul\\000byte",
  "bad \\377\\376 utf8",
  "rtl \\342\\200\\256 override",
  "\\033[31mred\\033[0m \\033[2Jclear",
];
const SHOWN = [
  "\\x1b]8;;javascript:alert(1)\\x07link\\x1b]8;;\\x07",
  "\\x1b]52;c;ZXZpbA==\\x07",
  "nul\\x00byte",
  "bad \ufffd\ufffd utf8",
  "rtl \\u202e override",
  "\u001b[31mred\u001b[0m \\x1b[2Jclear",
];

test("what a container can print to do harm is shown, and cut where it is too long", { timeout: 60_000 }, async () => {
  const colours = "\\033[31mx\\033[32my".repeat(5000);
  const script = [
    ...HOSTILE.map((text) => `printf '${text}\\n'`),
    `printf '${colours}\\n'`,
    "head -c 1000000 /dev/zero | tr '\\000' z; echo",
    // a character whose bytes are on both sides of the engine's 16 KiB
    "head -c 16383 /dev/zero | tr '\\000' y; printf '\\303\\274ber\\n'",
    "printf 'no end at all'",
  ].join("; ");
  const id = await run("hostile", script);
  await expect.poll(async () => await docker("inspect", "--format", "{{.State.Status}}", made.at(-1)!)).toBe("exited");
  const lines = await all(`/services/${id}/logs`);
  expect(textsOf(lines).slice(0, SHOWN.length)).toEqual(SHOWN);
  expect(lines[6]!.text).toBe("\u001b[31mx\u001b[32my".repeat(5000));
  expect(lines[7]).toMatchObject({ text: "z".repeat(256 * 1024), truncated: true });
  expect(lines[8]!.text.slice(16_383)).toMatch(/^(?:\u00fc|\ufffd\ufffd)ber$/);
  expect(lines[9]!.text).toBe("no end at all");
  // the engine's API gives the same lines under the same cursors
  const through = await all(`/services/${id.replace("local", "far")}/logs`);
  expect(through.map(({ cursor }) => cursor)).toEqual(lines.map(({ cursor }) => cursor));
  expect(textsOf(await all(`/services/${id}/logs?q=OVERRIDE`))).toEqual([SHOWN[4]]);
  expect(
    (await all(`/services/${id}/logs?q=redclear`)).length + (await all(`/services/${id}/logs?q=red%20`)).length,
  ).toBe(1);
});

describe("once and in order, with losses of the connection", { timeout: PATIENCE }, () => {
  const rotated = ["--log-opt", "max-size=1m", "--log-opt", "max-file=100"];

  test("Docker's file, through rotation", async () => {
    const id = await run("count", counting(), ...rotated);
    const seen = await readWithLosses(`/services/${id}/logs`);
    expect(seen.filter(({ gap }) => gap)).toEqual([]);
    expectSame(
      textsOf(seen).map((text) => text.split(" ")[0]!),
      [...numbers(LINES), "over"],
    );
    expectSame(textsOf(seen).slice(-20_000), (await docker("logs", "--tail", "20000", made.at(-1)!)).split("\n"));
  });

  test("Docker's API, through rotation", async () => {
    const id = await run("far", counting(), "--log-opt", "max-size=300k", "--log-opt", "max-file=400");
    const seen = await readWithLosses(`/services/${await known(id.replace("local", "far"))}/logs`);
    expect(seen.filter(({ gap }) => gap)).toEqual([]);
    expectSame(
      textsOf(seen).map((text) => text.split(" ")[0]!),
      [...numbers(LINES), "over"],
    );
  });

  test("Docker, both streams at once, and each stays in its order", async () => {
    const half = (name: string) => counting(LINES / 2, `${name} `).replace("echo over; sleep 600", "");
    const id = await run("both", `(${half("out")}) & (${half("err")}) >&2; wait; sleep 1; echo over; sleep 600`);
    const seen = await readWithLosses(`/services/${id}/logs`);
    for (const name of ["out", "err"]) {
      const lines = textsOf(seen).filter((text) => text.startsWith(name));
      expectSame(
        lines.map((text) => text.split(" ")[1]!),
        numbers(LINES / 2),
      );
    }
  });

  test("Docker, a container made anew under its name three times", async () => {
    const part = LINES / 4;
    const name = `${PREFIX}-anew`;
    const start = (round: number) => {
      const last = round === 3 ? "echo over; sleep 600" : "echo next; sleep 600";
      return run("anew", counting(part, `${round}:`).replace("echo over; sleep 600", last), ...rotated);
    };
    const id = await start(0);
    let round = 0;
    const anew = async () => {
      await docker("rm", "--force", name);
      round += 1;
      await start(round);
    };
    const isLast = ({ text }: LogLine) => {
      if (text === "next") void anew();
      return text === "over";
    };
    const seen = await readWithLosses(`/services/${id}/logs`, { isLast });
    expect(seen.filter(({ gap }) => gap)).toEqual([]);
    const wanted = [0, 1, 2, 3].flatMap((n) => [...numbers(part, `${n}:`), n === 3 ? "over" : "next"]);
    expectSame(
      textsOf(seen).map((text) => text.split(" ")[0]!),
      wanted,
    );
    const marked = await all(`/services/${id}/logs?markers=1&tail=${part + 10}&since=1h`);
    expect(marked.flatMap(({ marker }) => (marker ? [marker.kind] : []))).toContain("started");
  });

  test("PM2, through rotation by renaming", async () => {
    const { log, url } = await startApp("renamed");
    const moved: string[] = [];
    const rotate = async () => {
      moved.push(`${log.replace(".log", "")}__${moved.length}.log`);
      fs.renameSync(log, moved.at(-1)!);
      await pm2.pm2("reloadLogs");
      await expect.poll(() => fs.existsSync(log), { timeout: 10_000 }).toBe(true);
    };
    const seen = await readWithLosses(url, { at: { 2: rotate, 5: rotate, 8: rotate } });
    expectSame(
      textsOf(seen),
      [...moved, log].flatMap((file) => fs.readFileSync(file, "utf8").split("\n").filter(Boolean)),
    );
    expectSame(
      textsOf(seen).map((text) => text.split(" ")[0]!),
      [...numbers(LINES), "over"],
    );
    expect(moved.length).toBe(3);
  });

  test("PM2, through rotation by copying and cutting, where the writer stands still for it", async () => {
    const flag = path.join(pm2.home, "hold");
    const holding = countingScript().replace(
      "let text",
      `if (require("node:fs").existsSync("${flag}")) return setTimeout(step, 20);\n  let text`,
    );
    const { log, url } = await startApp("cut", holding);
    const copies: string[] = [];
    const rotate = async () => {
      fs.writeFileSync(flag, "");
      await new Promise((resolve) => setTimeout(resolve, 400));
      copies.unshift(`${log}.${copies.length + 1}`);
      fs.copyFileSync(log, copies[0]!);
      fs.truncateSync(log);
      fs.rmSync(flag);
    };
    const seen = await readWithLosses(url, { at: { 5: rotate, 12: rotate } });
    const lines = seen.filter(({ gap }) => !gap);
    expectSame(
      textsOf(lines).map((text) => text.split(" ")[0]!),
      [...numbers(LINES), "over"],
    );
    expect(copies.length).toBe(2);
  });

  test("PM2, its daemon killed and another in its place", async () => {
    const { url } = await startApp("orphan", countingScript(LINES / 2));
    const kill = async () => {
      await pm2.killDaemon();
      await startApp("orphan", countingScript(LINES / 2));
    };
    const seen = await readWithLosses(url, { at: { 8: kill } });
    const texts = textsOf(seen).map((text) => text.split(" ")[0]!);
    const again = texts.lastIndexOf("0");
    expectSame(texts.slice(0, again), numbers(again));
    expectSame(texts.slice(again), [...numbers(LINES / 2), "over"]);
  });

  test("Docker and PM2 merged", async () => {
    const half = LINES / 2;
    const dated = countingScript(half, 'new Date().toISOString() + " p "');
    await startApp("also", dated);
    const id = await run("also", counting(half, "d "));
    let overs = 0;
    const isLast = ({ text }: LogLine) => {
      if (text === "over") overs += 1;
      return overs === 2;
    };
    const seen = await readWithLosses(`/logs?service=${encodeURIComponent(id)}&service=local/pm2/also`, { isLast });
    const texts = textsOf(seen).map((text) => text.replace(/^\S+Z /, ""));
    for (const name of ["d", "p"]) {
      const own = texts.filter((text) => text.startsWith(`${name} `));
      expectSame(
        own.map((text) => text.split(" ")[1]!),
        numbers(half),
      );
    }
  });
});
