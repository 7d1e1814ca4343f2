/** The board under load: what it costs to read, to refresh, to keep, and how soon it shows a change. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { saveSignIn } from "../../e2e/stage/accounts.ts";
import { type Figure, median } from "../figure.ts";
import { cpuSeconds, resident, shareOf } from "../processes.ts";
import { changesUntilShown } from "./change.ts";
import { daemonsOf, type Load, nativeTools, withLoad } from "./load.ts";
import { type Serving, startServer } from "./server.ts";

const REFRESHES = 20;
const IDLE_SECONDS = 60;

/** Needs root, Docker and a build (`npm run build`); takes about eight minutes. */
export function board(): Promise<Figure[]> {
  return withLoad(async (load) => [...(await refreshes(load)), ...(await serving(load))]);
}

async function refreshes(load: Load): Promise<Figure[]> {
  const daemons = daemonsOf(load);
  const reference: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const [own, theirs] = [childCpu(), cpuSeconds(daemons)];
    nativeTools(load);
    reference.push(childCpu() - own + cpuSeconds(daemons) - theirs);
  }
  const tools = median(reference);
  const figures: Figure[] = [];
  for (const kind of ["warm", "cold"] as const) {
    const each = (await refreshCpu(load, kind, daemons)) / REFRESHES;
    figures.push({
      what: kind === "warm" ? "a full refresh, CPU of Trihelm and daemons" : "the same with nothing known before",
      value: each / tools,
      unit: "x",
      bound: kind === "warm" ? 0.3 : null,
      against: `${ms(each)} against ${ms(tools)} of docker ps -a + systemctl show '*.service' + pm2 jlist`,
    });
  }
  return figures;
}

async function refreshCpu(load: Load, kind: "warm" | "cold", daemons: number[]): Promise<number> {
  const env = { TRIHELM_PM2_HOMES: load.pm2Home };
  const script = path.join(import.meta.dirname, "refresh.ts");
  const child = load.host.spawn(["node", script, kind, String(REFRESHES)], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = child.stdout!.setEncoding("utf8")[Symbol.asyncIterator]();
  await lines.next();
  const before = cpuSeconds(daemons);
  child.stdin!.write("go\n");
  const answer = JSON.parse(String((await lines.next()).value)) as { cpu: number; services: number };
  return answer.cpu + cpuSeconds(daemons) - before;
}

async function serving(load: Load): Promise<Figure[]> {
  const server = await startServer(load);
  const { url, headers, pid } = server;
  try {
    const [latency, bytes, count] = await readLatency(server);
    const idle = await shareOf([pid], IDLE_SECONDS);
    const requests = server.engineCalls();
    await readLatency(server);
    const during = server.engineCalls() - requests;
    const leave = new AbortController();
    void keepOpen(url, headers, leave.signal);
    await sleep(3000);
    const open = await shareOf([pid], IDLE_SECONDS);
    const memory = resident(pid);
    leave.abort();
    const cookie = path.join(load.host.share, "cookie.json");
    await saveSignIn(url, "admin", cookie);
    const changes = await changesUntilShown(url, load, cookie);
    const many = `${count} services, ${Math.round(bytes / 1024)} kB`;
    return [
      { what: "GET /services, median of 200", value: latency, unit: "ms", bound: 30, against: `${many}, over HTTP` },
      {
        what: "engine calls made for 200 of them",
        value: during,
        unit: "calls",
        bound: 0,
        against: "counted on the socket",
      },
      {
        what: "idle, nobody looking",
        value: idle,
        unit: "% of a core",
        bound: 1,
        against: `CPU time over ${IDLE_SECONDS} s`,
      },
      {
        what: "idle, one page's stream open",
        value: open,
        unit: "% of a core",
        bound: 3,
        against: `CPU time over ${IDLE_SECONDS} s`,
      },
      {
        what: "resident memory of the server",
        value: memory / 1024 / 1024,
        unit: "MB",
        bound: 220,
        against: "after all of the above",
      },
      ...changes,
      {
        what: "node started to ready",
        value: server.ready,
        unit: "s",
        bound: 2,
        against: "until /api/health/ready says 200",
      },
    ];
  } finally {
    await server.close();
  }
}

async function readLatency({ url, headers }: Serving): Promise<[milliseconds: number, bytes: number, count: number]> {
  const times: number[] = [];
  let text = "";
  for (let n = 0; n < 200; n += 1) {
    const from = performance.now();
    text = await (await fetch(`${url}/api/v1/services?all=1`, { headers })).text();
    times.push(performance.now() - from);
  }
  return [median(times), text.length, (JSON.parse(text) as { items: unknown[] }).items.length];
}

/** Reads the stream of one page, as fast as it comes. */
async function keepOpen(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(`${url}/api/v1/events`, { headers, signal });
    for await (const _ of answer.body!);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** CPU seconds of this process's ended children so far. */
function childCpu(): number {
  return cpuSeconds([process.pid]) - process.cpuUsage().user / 1e6 - process.cpuUsage().system / 1e6;
}

function ms(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
