/** Logs: how fast they are read, searched and followed, each against the tool's own way in the same run. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Figure, median } from "../figure.ts";
import { resident } from "../processes.ts";
import { ratio, timed } from "./against.ts";
import { type Api, openApi } from "./api.ts";
import { BUSY, closeLoad, LARGE, LINES, type Load, openLoad, startBusy, stop } from "./load.ts";

const FOLLOW_SECONDS = 15;
/** milliseconds in which fifty followers begin: lines of that time are told of apart */
const JOINING = 3000;

/** Needs root, Docker and two gigabytes of disk; takes about five minutes. */
export async function logs(): Promise<Figure[]> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  const load = await openLoad(state);
  const api = await openApi(load.pm2.home);
  try {
    return [
      ...(await million(load, api)),
      await throughEngine(load),
      ...(await large(load, api)),
      ...(await merged(api)),
      ...(await torrent(api)),
    ];
  } finally {
    api.close();
    await closeLoad(load);
    fs.rmSync(state, { recursive: true, force: true });
  }
}

async function million({ million: name }: Load, api: Api): Promise<Figure[]> {
  const local = `${api.url}/services/local/docker/${name}/logs`;
  const since = newestPercent(name);
  const before = resident(api.pid);
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, resident(api.pid));
  }, 20);
  const all = await ratio(api, { url: `${local}?tail=all`, lines: LINES + 1 }, ["docker", "logs", name]);
  clearInterval(watching);
  const one = await ratio(api, { url: `${local}?tail=all&q=the%20needle`, lines: 1 }, [
    ...["sh", "-c", `docker logs ${name} 2>&1 | grep 'the needle'`],
  ]);
  const newest = await ratio(api, { url: `${local}?tail=all&since=${since}`, lines: null }, [
    ...["docker", "logs", "--since", since, name],
  ]);
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
  ];
}

/** The same million for a server that has the engine's socket and none of its files. */
async function throughEngine({ million: name, pm2 }: Load): Promise<Figure> {
  const api = await openApi(pm2.home, { socketOnly: true });
  try {
    const url = `${api.url}/services/local/docker/${name}/logs?tail=all`;
    const through = await ratio(api, { url, lines: LINES + 1 }, ["docker", "logs", name]);
    return { what: "the million where the file cannot be read", bound: 1.3, ...through };
  } finally {
    api.close();
  }
}

async function large({ largeFile }: Load, api: Api): Promise<Figure[]> {
  const url = `${api.url}/services/local/pm2/large/logs`;
  const first: number[] = [];
  for (let n = 0; n < 10; n += 1) first.push((await timed(api, `${url}?tail=500`)).first);
  const hasRipgrep = (process.env.PATH ?? "").split(":").some((folder) => fs.existsSync(path.join(folder, "rg")));
  const tool = hasRipgrep ? ["rg", "-i", "the needle", largeFile] : ["grep", "-i", "the needle", largeFile];
  const one = await ratio(api, { url: `${url}?tail=all&q=the%20needle`, lines: 1 }, tool);
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
async function merged(api: Api): Promise<Figure[]> {
  const names = startBusy(BUSY, 200);
  try {
    const ids = names.map((name) => `service=local/docker/${name}`).join("&");
    while ((await api.ask(`${api.url}/logs?${ids}&tail=0`)).status !== 200) await sleep(500);
    const ages: number[] = [];
    let [gaps, joining] = [0, 0];
    const from = Date.now();
    await follow(api, `${api.url}/logs?${ids}&tail=0&follow=1`, {
      seconds: JOINING / 1000 + FOLLOW_SECONDS,
      see: ({ time, gap }) => {
        const now = Date.now();
        const age = now - Date.parse(time);
        if (now - from < JOINING) joining = Math.max(joining, age);
        else ages.push(age);
        gaps += gap ? 1 : 0;
      },
    });
    ages.sort((a, b) => a - b);
    const told = `${ages.length} lines in ${FOLLOW_SECONDS} s, ${gaps} gaps, median ${ages[ages.length >> 1]} ms, ${joining} ms at most while they begin`;
    const value = ages[Math.floor(ages.length * 0.99)] ?? Number.NaN;
    return [{ what: "written until at a client, 50 merged, 99 of 100", value, unit: "ms", bound: 250, against: told }];
  } finally {
    stop(names);
  }
}

/** One service of 10,000 lines a second. */
async function torrent(api: Api): Promise<Figure[]> {
  const names = startBusy(1, 10_000);
  try {
    const url = `${api.url}/services/local/docker/${names[0]}/logs?tail=0&follow=1`;
    while ((await api.ask(url.replace("&follow=1", ""))).status !== 200) await sleep(500);
    let [count, lost, last] = [0, 0, Number.NaN];
    await follow(api, url, {
      seconds: FOLLOW_SECONDS,
      see: ({ text }) => {
        const number = Number.parseInt(text, 10);
        if (!Number.isNaN(last) && number !== last + 1) lost += 1;
        last = number;
        count += 1;
      },
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

async function follow(
  { ask }: Api,
  url: string,
  { seconds, see }: { seconds: number; see: (line: Line) => void },
): Promise<void> {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), seconds * 1000);
  try {
    const answer = await ask(url, leaving.signal);
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
