/** The board under load: what it costs to read, to refresh, to keep, and how soon it shows a change. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bearer, makeAccounts, saveSignIn } from "../../e2e/stage/accounts.ts";
import { type Figure, median } from "../figure.ts";
import { asStarted, cpuSeconds, descendants, processesWith, resident } from "../processes.ts";
import { changesUntilShown } from "./change.ts";
import { openCountingSocket } from "./counting-socket.ts";
import { closeLoad, type Load, nativeTools, openLoad } from "./load.ts";

const PORT = 7439;
const URL = `http://127.0.0.1:${PORT}`;
const REFRESHES = 20;
const IDLE_SECONDS = 60;

/** Needs root, Docker and a build (`npm run build`); takes about eight minutes. */
export async function board(): Promise<Figure[]> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  try {
    const load = await openLoad(state);
    return [...(await refreshes(load)), ...(await serving(load))];
  } finally {
    await closeLoad(state);
    fs.rmSync(state, { recursive: true, force: true });
  }
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
  const socket = path.join(load.host.share, "docker.sock");
  const counting = openCountingSocket(socket, "/var/run/docker.sock");
  const data = { TRIHELM_DATA_DIR: path.join(load.host.share, "data") };
  const command = ["node", path.resolve("scripts/trihelm.ts")];
  const tokens = makeAccounts((argv, input = "") => load.host.run([...command, ...argv], { env: data, input }));
  const headers = bearer(tokens.admin);
  const started = performance.now();
  const server = load.host.spawn(["node", ...asStarted(), path.resolve("scripts/serve.ts")], {
    env: {
      ...data,
      TRIHELM_PORT: String(PORT),
      TRIHELM_PM2_HOMES: load.pm2Home,
      TRIHELM_LOG_LEVEL: "warn",
      DOCKER_HOST: `unix://${socket}`,
    },
    stdio: "inherit",
  });
  try {
    while (!(await isReady())) await sleep(10);
    const ready = (performance.now() - started) / 1000;
    await sleep(5000);
    const pid = descendants(server.pid!).at(-1) ?? server.pid!;
    const [latency, bytes, count] = await readLatency(headers);
    const idle = await share(pid, IDLE_SECONDS);
    const requests = counting.requests();
    await readLatency(headers);
    const during = counting.requests() - requests;
    const leave = new AbortController();
    void keepOpen(headers, leave.signal);
    await sleep(3000);
    const open = await share(pid, IDLE_SECONDS);
    const memory = resident(pid);
    leave.abort();
    const cookie = path.join(load.host.share, "cookie.json");
    await saveSignIn(URL, "admin", cookie);
    const changes = await changesUntilShown(URL, load, cookie);
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
      { what: "node started to ready", value: ready, unit: "s", bound: 2, against: "until /api/health/ready says 200" },
    ];
  } finally {
    const pids = server.pid ? descendants(server.pid) : [];
    for (const pid of pids) process.kill(pid, "SIGTERM");
    counting.close();
    await sleep(1500);
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${URL}/api/health/ready`)).status === 200;
  } catch {
    // not listening yet
    return false;
  }
}

async function readLatency(
  headers: Record<string, string>,
): Promise<[milliseconds: number, bytes: number, count: number]> {
  const times: number[] = [];
  let text = "";
  for (let n = 0; n < 200; n += 1) {
    const from = performance.now();
    text = await (await fetch(`${URL}/api/v1/services?all=1`, { headers })).text();
    times.push(performance.now() - from);
  }
  return [median(times), text.length, (JSON.parse(text) as { items: unknown[] }).items.length];
}

/** Reads the stream of one page, as fast as it comes. */
async function keepOpen(headers: Record<string, string>, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(`${URL}/api/v1/events`, { headers, signal });
    for await (const _ of answer.body!);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function share(pid: number, seconds: number): Promise<number> {
  const before = cpuSeconds([pid]);
  await sleep(seconds * 1000);
  return ((cpuSeconds([pid]) - before) / seconds) * 100;
}

/** dockerd and containerd outside; systemd, D-Bus and the PM2 daemon inside the host. */
function daemonsOf(load: Load): number[] {
  const leader = Number(fs.readFileSync(path.join(path.dirname(load.host.share), "leader"), "utf8").split(" ")[0]);
  const inside = new Set(descendants(leader));
  const within = (...words: string[]) => processesWith(...words).filter((pid) => inside.has(pid));
  const engine = [...processesWith("dockerd"), ...processesWith("containerd")].filter((pid) => !inside.has(pid));
  const shims = new Set(processesWith("containerd-shim"));
  return [leader, ...within("dbus-daemon"), ...within("God Daemon"), ...engine.filter((pid) => !shims.has(pid))];
}

/** CPU seconds of this process's ended children so far. */
function childCpu(): number {
  return cpuSeconds([process.pid]) - process.cpuUsage().user / 1e6 - process.cpuUsage().system / 1e6;
}

function ms(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
