/** Logs: how fast they are read, searched and followed, each against the tool's own way in the same run. */
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Figure, median } from "../figure.ts";
import { resident } from "../processes.ts";
import { ratio, timed } from "./against.ts";
import { BUSY, closeLoad, LARGE, LINES, type Load, openLoad, startBusy, stop } from "./load.ts";

const FOLLOW_SECONDS = 15;

/** Needs root, Docker and two gigabytes of disk; takes about five minutes. */
export async function logs(): Promise<Figure[]> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  const load = await openLoad(state);
  const server = spawn(process.execPath, [path.join(import.meta.dirname, "server.ts"), load.pm2.home], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TRIHELM_LOG_LEVEL: "silent" },
  });
  try {
    const port = await new Promise<string>((resolve) =>
      server.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    const api = `http://127.0.0.1:${port}/api/v1`;
    return [
      ...(await million(load, api, server.pid!)),
      ...(await large(load, api)),
      ...(await merged(api)),
      ...(await torrent(api)),
    ];
  } finally {
    server.kill();
    await closeLoad(load);
    fs.rmSync(state, { recursive: true, force: true });
  }
}

async function million({ million: name }: Load, api: string, pid: number): Promise<Figure[]> {
  const local = `${api}/services/local/docker/${name}/logs`;
  const since = newestPercent(name);
  const before = resident(pid);
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, resident(pid));
  }, 20);
  const all = await ratio(`${local}?tail=all`, ["docker", "logs", name], LINES + 1);
  clearInterval(watching);
  const one = await ratio(
    `${local}?tail=all&q=the%20needle`,
    ["sh", "-c", `docker logs ${name} 2>&1 | grep 'the needle'`],
    1,
  );
  const newest = await ratio(`${local}?tail=all&since=${since}`, ["docker", "logs", "--since", since, name], null);
  const remote = `${api}/services/remote/docker/${name}/logs?tail=all`;
  const through = await ratio(remote, ["docker", "logs", name], LINES + 1);
  return [
    { what: "a million lines of a json-file", bound: 0.5, ...all },
    {
      what: "growth of the server meanwhile",
      value: (most - before) / 1e6,
      unit: "MB",
      bound: 60,
      against: "resident memory",
    },
    { what: "one match among them", bound: 0.1, ...one },
    { what: "the newest hundredth of them", bound: 0.1, ...newest },
    { what: "the million where the file cannot be read", bound: 1.3, ...through },
  ];
}

async function large({ largeFile }: Load, api: string): Promise<Figure[]> {
  const url = `${api}/services/local/pm2/large/logs`;
  const first: number[] = [];
  for (let n = 0; n < 10; n += 1) first.push((await timed(`${url}?tail=500`)).first);
  const hasRipgrep = (process.env.PATH ?? "").split(":").some((folder) => fs.existsSync(path.join(folder, "rg")));
  const tool = hasRipgrep ? ["rg", "-i", "the needle", largeFile] : ["grep", "-i", "the needle", largeFile];
  const one = await ratio(`${url}?tail=all&q=the%20needle`, tool, 1);
  const size = `${(LARGE / 1e9).toFixed(1)} GB`;
  return [
    {
      what: `last 500 lines of ${size} of PM2, first byte`,
      value: median(first),
      unit: "ms",
      bound: 50,
      against: "warm",
    },
    { what: `one match in these ${size}`, bound: 4, ...one },
  ];
}

/** Fifty services of 200 lines a second each: how old a line is when the client has it. */
async function merged(api: string): Promise<Figure[]> {
  const names = startBusy(BUSY, 200);
  try {
    const ids = names.map((name) => `service=local/docker/${name}`).join("&");
    while ((await fetch(`${api}/logs?${ids}&tail=0`)).status !== 200) await sleep(500);
    const ages: number[] = [];
    let gaps = 0;
    await follow(`${api}/logs?${ids}&tail=0&follow=1`, FOLLOW_SECONDS, ({ time, gap }) => {
      ages.push(Date.now() - Date.parse(time));
      gaps += gap ? 1 : 0;
    });
    ages.sort((a, b) => a - b);
    const told = `${ages.length} lines in ${FOLLOW_SECONDS} s, ${gaps} gaps, median ${ages[ages.length >> 1]} ms`;
    const value = ages[Math.floor(ages.length * 0.99)] ?? Number.NaN;
    return [{ what: "written until at a client, 50 merged, 99 of 100", value, unit: "ms", bound: 250, against: told }];
  } finally {
    stop(names);
  }
}

/** One service of 10,000 lines a second. */
async function torrent(api: string): Promise<Figure[]> {
  const names = startBusy(1, 10_000);
  try {
    const url = `${api}/services/local/docker/${names[0]}/logs?tail=0&follow=1`;
    while ((await fetch(url.replace("&follow=1", ""))).status !== 200) await sleep(500);
    let [count, lost, last] = [0, 0, Number.NaN];
    await follow(url, FOLLOW_SECONDS, ({ text }) => {
      const number = Number.parseInt(text, 10);
      if (!Number.isNaN(last) && number !== last + 1) lost += 1;
      last = number;
      count += 1;
    });
    const told = `${Math.round(count / FOLLOW_SECONDS)} lines a second for ${FOLLOW_SECONDS} s`;
    return [
      { what: "a torrent of one service, breaks in its numbers", value: lost, unit: "", bound: 0, against: told },
    ];
  } finally {
    stop(names);
  }
}

interface Line {
  time: string;
  text: string;
  gap?: unknown;
}

async function follow(url: string, seconds: number, see: (line: Line) => void): Promise<void> {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), seconds * 1000);
  try {
    const answer = await fetch(url, { signal: leaving.signal });
    let rest = "";
    for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line !== "") see(JSON.parse(line) as Line);
    }
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  }
}

/** The time of the line before the newest hundredth, as the engine has it. */
function newestPercent(name: string): string {
  const [line = ""] = execFileSync("docker", ["logs", "--timestamps", "--tail", String(LINES / 100), name], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  }).split(" ", 1);
  return line;
}
