/**
 * The proof that a reader who leaves and returns gets every line once and in order: writers print numbers and random tokens,
 * and what the reader got is compared with what the tool itself gives afterwards.
 */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followed } from "#lib/logs/follow.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import { createPm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import { scratchApi } from "./api-rig.ts";

const ENDPOINT = "unix:///var/run/docker.sock";
const PREFIX = "trihelm-dklogs";
const IMAGE = `${PREFIX}:base`;
const LINES = 50_000;
const LOSSES = 20;
const api = scratchApi();
const docker = cliOf(ENDPOINT);
const pm2 = createPm2Rig();
const ending = new AbortController();
const sources = [
  createDocker({ host: "local", endpoint: ENDPOINT }),
  createPm2({ host: "local", home: pm2.home, user: null }),
];
const made: string[] = [];

beforeAll(async () => {
  await makeImage(docker, IMAGE);
  for (const source of sources) watchSupervisor(source, ending.signal);
}, 60_000);
afterAll(async () => {
  ending.abort();
  for (const source of sources) source.close();
  for (const name of made) await docker("rm", "--force", name);
  await docker("rmi", "--force", IMAGE);
  await pm2.close();
}, 60_000);

async function run(name: string, script: string, ...settings: string[]): Promise<string> {
  made.push(`${PREFIX}-${name}`);
  const options = ["--name", `${PREFIX}-${name}`, "--label", "trihelm.test=1", ...settings];
  await docker("run", "--detach", ...options, IMAGE, "sh", "-c", script);
  return known(`local/docker/${PREFIX}-${name}`);
}

async function known(id: string): Promise<string> {
  await expect.poll(() => snapshot().service(id)?.id, { timeout: 15_000 }).toBe(id);
  return id;
}

function request(url: string, signal: AbortSignal | null = null) {
  return api.request(`/api/v1${url}`, { signal });
}

async function all(url: string): Promise<LogLine[]> {
  const answer = await request(url);
  expect(answer.status).toBe(200);
  return (await answer.text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Reads on and on, leaving in the middle of things so many times, until a line says that it is over. */
async function readWithLosses(url: string, isLast: (line: LogLine) => boolean): Promise<LogLine[]> {
  const seen: LogLine[] = [];
  for (let losses = 0; ; losses += 1) {
    const leaving = new AbortController();
    const after = seen.at(-1) ? `after=${encodeURIComponent(seen.at(-1)!.cursor)}` : "tail=all";
    const answer = await request(`${url}${url.includes("?") ? "&" : "?"}follow=1&${after}`, leaving.signal);
    expect(answer.status).toBe(200);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const until = losses < LOSSES ? seen.length + LINES / (LOSSES * 1.25) : Number.POSITIVE_INFINITY;
    let rest = "";
    while (seen.length < until) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop()!;
      const lines = parts.filter(Boolean).map((part) => JSON.parse(part) as LogLine);
      seen.push(...lines);
      if (lines.filter(isLast).length > 0) {
        leaving.abort();
        await expect.poll(followed).toEqual([]);
        expect(losses).toBeGreaterThanOrEqual(LOSSES);
        return seen;
      }
    }
    leaving.abort();
  }
}

/** Names the first difference instead of printing 50,000 lines. */
function expectSame(got: readonly string[], wanted: readonly string[]): void {
  const at = wanted.findIndex((text, index) => got[index] !== text);
  expect({ at, got: got[at], count: got.length }).toEqual({ at: -1, got: got[-1], count: wanted.length });
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
    "printf 'no end at all'",
  ].join("; ");
  const id = await run("hostile", script);
  await expect.poll(async () => await docker("inspect", "--format", "{{.State.Status}}", made.at(-1)!)).toBe("exited");
  const lines = await all(`/services/${id}/logs`);
  expect(lines.slice(0, SHOWN.length).map(({ text }) => text)).toEqual(SHOWN);
  expect(lines[6]!.text).toBe("\u001b[31mx\u001b[32my".repeat(5000));
  expect(lines[7]).toMatchObject({ text: "z".repeat(256 * 1024), truncated: true });
  expect(lines[8]!.text).toBe("no end at all");
  // the engine's API gives the same lines under the same cursors
  const cursors = [];
  const query = { tail: null, since: null, until: null, after: null, follow: false };
  for await (const record of sources[0]!.logs(made.at(-1)!, query, ending.signal)) cursors.push(record.cursor);
  expect(lines.map(({ cursor }) => cursor)).toEqual(cursors);
  expect((await all(`/services/${id}/logs?q=OVERRIDE`)).map(({ text }) => text)).toEqual([SHOWN[4]]);
  expect(
    (await all(`/services/${id}/logs?q=redclear`)).length + (await all(`/services/${id}/logs?q=red%20`)).length,
  ).toBe(1);
});

describe("once and in order, with 20 losses of the connection", { timeout: 60_000 }, () => {
  test("Docker, through rotation", async () => {
    const script = `i=0; while [ $i -lt ${LINES} ]; do echo "$i $RANDOM$RANDOM"; i=$((i+1)); [ $((i%500)) = 0 ] && sleep 0.05; done; echo over; sleep 60`;
    const id = await run("count", script, "--log-opt", "max-size=1m", "--log-opt", "max-file=20");
    const seen = await readWithLosses(`/services/${id}/logs`, ({ text }) => text === "over");
    expect(seen.filter(({ gap }) => gap)).toEqual([]);
    expectSame(
      seen.map(({ text }) => text),
      (await docker("logs", `${PREFIX}-count`)).split("\n"),
    );
    expect(seen.length).toBe(LINES + 1);
  });

  test("Docker, both streams at once, and each stays in its order", async () => {
    const one = (name: string) =>
      `i=0; while [ $i -lt ${LINES / 2} ]; do echo "${name} $i $RANDOM"; i=$((i+1)); [ $((i%250)) = 0 ] && sleep 0.05; done`;
    const id = await run("both", `(${one("out")}) & (${one("err")}) >&2; wait; sleep 1; echo over; sleep 60`);
    const seen = await readWithLosses(`/services/${id}/logs`, ({ text }) => text === "over");
    for (const name of ["out", "err"]) {
      const numbers = seen.filter(({ text }) => text.startsWith(name)).map(({ text }) => text.split(" ")[1]!);
      expectSame(
        numbers,
        Array.from({ length: LINES / 2 }, (_, n) => String(n)),
      );
    }
  });

  test("PM2, through rotation by renaming", async () => {
    const script = path.join(pm2.home, "count.js");
    const body = `let i = 0; const step = () => { let t = ""; for (let n = 0; n < 500 && i < ${LINES}; n++) t += i++ + " " + Math.random().toString(36) + "\\n"; process.stdout.write(t || "over\\n"); if (t) setTimeout(step, 50); }; step(); setInterval(() => {}, 1e4);`;
    fs.writeFileSync(script, body);
    const log = path.join(pm2.home, "count.log");
    await pm2.start([script, "--name", "count", "--merge-logs", "--output", log, "--error", "/dev/null"]);
    await known("local/pm2/count");
    const rotated: string[] = [];
    const rotating = setInterval(() => {
      if (rotated.length > 2 || !fs.existsSync(log)) return;
      rotated.push(`${log.replace(".log", "")}__${rotated.length}.log`);
      fs.renameSync(log, rotated.at(-1)!);
      void pm2.pm2("reloadLogs");
    }, 2500);
    const seen = await readWithLosses("/services/local/pm2/count/logs", ({ text }) => text === "over");
    clearInterval(rotating);
    const written = [...rotated, log].map((file) => fs.readFileSync(file, "utf8")).join("");
    expectSame(
      seen.map(({ text }) => text),
      written.trimEnd().split("\n"),
    );
    expect(rotated.length).toBeGreaterThan(0);
  });

  test("Docker and PM2 merged", async () => {
    const half = LINES / 2;
    const script = `i=0; while [ $i -lt ${half} ]; do echo "d $i"; i=$((i+1)); [ $((i%250)) = 0 ] && sleep 0.05; done; sleep 60`;
    const file = path.join(pm2.home, "also.js");
    const body = `let i = 0; const step = () => { let t = ""; for (let n = 0; n < 250 && i < ${half}; n++) t += new Date().toISOString() + " p " + i++ + "\\n"; if (t) { process.stdout.write(t); setTimeout(step, 50); } }; step(); setInterval(() => {}, 1e4);`;
    fs.writeFileSync(file, body);
    await pm2.start([file, "--name", "also"]);
    const id = await run("also", script);
    await known("local/pm2/also");
    const left = new Set([`d ${half - 1}`, `p ${half - 1}`]);
    const isLast = ({ text }: LogLine) => left.delete(text.replace(/^\S+Z /, "")) && left.size === 0;
    const url = `/logs?service=${encodeURIComponent(id)}&service=local/pm2/also`;
    const seen = await readWithLosses(url, isLast);
    const texts = seen.map(({ text }) => text.replace(/^\S+Z /, ""));
    for (const name of ["d", "p"])
      expectSame(
        texts.filter((text) => text.startsWith(name)),
        Array.from({ length: half }, (_, n) => `${name} ${n}`),
      );
  });
});
