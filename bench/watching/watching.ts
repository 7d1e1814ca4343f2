/** What it costs to watch 320 services all the time, and how soon somebody is told of a failure. */
import { setTimeout as sleep } from "node:timers/promises";
import { APPS, CONTAINERS, daemonsOf, type Load, UNITS, withLoad } from "../board/load.ts";
import { dataFolder, type Serving, startServer } from "../board/server.ts";
import { type Figure, median } from "../figure.ts";
import { shareOf } from "../processes.ts";
import { failuresUntilTold } from "./failures.ts";
import { writeWeek } from "./week.ts";

/** until every service is looked at as one that has run for long, and the server's own code is compiled */
const WARM_SECONDS = 180;
const IDLE_SECONDS = 120;
const TIMES = 50;
const DAY = 86_400;

/** Needs root, Docker and a build (`npm run build`); takes about ten minutes. */
export function watching(): Promise<Figure[]> {
  return withLoad(watched);
}

async function watched(load: Load): Promise<Figure[]> {
  const all = [
    ...named(CONTAINERS, (n) => `local/docker/bench-${n}`),
    ...named(UNITS, (n) => `local/systemd/bench%40${n}.service`),
    ...named(APPS, (n) => `local/pm2/bench-${n}`),
  ];
  const size = writeWeek(dataFolder(load), all);
  const server = await startServer(load);
  try {
    const daemons = daemonsOf(load);
    await sleep(WARM_SECONDS * 1000);
    const [own, theirs] = await Promise.all([shareOf([server.pid], IDLE_SECONDS), shareOf(daemons, IDLE_SECONDS)]);
    const week = await weekOf(server, all);
    const scrape = await scraped(server);
    const told = await failuresUntilTold(server, load);
    return [
      {
        what: `watching ${all.length} services, nobody looking`,
        value: own,
        unit: "% of a core",
        bound: 1.5,
        against: `all of the server and what it runs, ${IDLE_SECONDS} s from its fourth minute on; the daemons meanwhile ${theirs.toFixed(2)} %`,
      },
      {
        what: "a week of CPU and memory as JSON",
        value: median(week.times),
        unit: "ms",
        bound: 30,
        against: `over HTTP, ${TIMES} services one after another, ${week.points} points each, ${Math.round(size / 1e6)} MB on disk`,
      },
      {
        what: "/metrics",
        value: median(scrape.times),
        unit: "ms",
        bound: 50,
        against: `over HTTP, ${scrape.lines} lines`,
      },
      {
        what: "engine calls made for it",
        value: median(scrape.calls),
        unit: "calls",
        bound: 0,
        against: `counted on the socket; in ${scrape.calls.filter((calls) => calls > 0).length} of ${TIMES} scrapes the server made some`,
      },
      ...told,
    ];
  } finally {
    await server.close();
  }
}

function named(count: number, name: (n: number) => string): string[] {
  return Array.from({ length: count }, (_, n) => name(n));
}

async function weekOf(
  { url, headers }: Serving,
  services: readonly string[],
): Promise<{ times: number[]; points: number }> {
  const to = new Date();
  const from = new Date(to.getTime() - 7 * DAY * 1000);
  const span = `from=${from.toISOString()}&to=${to.toISOString()}&step=60`;
  const times: number[] = [];
  let points = 0;
  for (const service of services.slice(0, TIMES)) {
    const asked = performance.now();
    const answer = await fetch(`${url}/api/v1/services/${service}/metrics?${span}`, { headers });
    const text = await answer.text();
    times.push(performance.now() - asked);
    const { series } = JSON.parse(text) as { series: Record<string, unknown[]> };
    points = (series.cpu?.length ?? 0) + (series.memory?.length ?? 0);
    if (points < 2 * 7 * 1380) throw new Error(`${service} has ${points} points of its week`);
  }
  return { times, points };
}

/** `calls`: of the engine, during each of the scrapes; the server's own reading may fall into one of them. */
async function scraped(server: Serving): Promise<{ times: number[]; lines: number; calls: number[] }> {
  await sleep(1000);
  const times: number[] = [];
  const calls: number[] = [];
  let text = "";
  for (let n = 0; n < TIMES; n += 1) {
    const before = server.engineCalls();
    const asked = performance.now();
    text = await (await fetch(`${server.url}/metrics`, { headers: server.headers })).text();
    times.push(performance.now() - asked);
    calls.push(server.engineCalls() - before);
  }
  if (!text.includes("trihelm_service_cpu_seconds_total")) throw new Error(`no figures: ${text.slice(0, 200)}`);
  return { times, lines: text.split("\n").length, calls };
}
