/** Looking for codes: what it costs a stream of ordinary lines, how soon a code is told, and what it costs when idle. */
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drawn, whatsapp } from "#lib/relay/relay-rig.ts";
import { createPm2Rig, type Pm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import { type Figure, median } from "../figure.ts";
import { type Api, openApi } from "../logs/api.ts";
import { cpuSeconds } from "../processes.ts";

const LINES = 1_000_000;
const ROUNDS = 5;
const CODES = 30;
const APP = "printer";
const FILLING = "abcdefghijklmnopqrstuvwxyz ".repeat(4).slice(0, 60);

interface Side {
  api: Api;
  pm2: Pm2Rig;
  file: string;
}

interface Round {
  wall: number;
  cpu: number;
}

/** Needs Docker and a gigabyte of disk; takes about two minutes. */
export async function relay(): Promise<Figure[]> {
  const plain = await open(false);
  const watching = await open(true);
  const leaving = new AbortController();
  try {
    // both tell their events to somebody: only one of them looks for codes
    codesOf(await plain.api.ask(`${plain.api.url}/events`, leaving.signal));
    const told = codesOf(await watching.api.ask(`${watching.api.url}/events?relay=1`, leaving.signal));
    const stream = await costOf(plain, watching);
    return [...stream, ...(await latency(watching, told))];
  } finally {
    leaving.abort();
    for (const { api, pm2 } of [plain, watching]) {
      api.close();
      await pm2.close();
    }
  }
}

async function open(isWatching: boolean): Promise<Side> {
  const pm2 = createPm2Rig();
  const file = path.join(pm2.home, "printer.log");
  await pm2.start([pm2.app, "--name", APP, "--output", file, "--error", "/dev/null"]);
  return { pm2, file, api: await openApi(pm2.home, { relay: isWatching }) };
}

/** The same million lines to both, turn by turn: a machine is never the same for long. */
async function costOf(plain: Side, watching: Side): Promise<Figure[]> {
  const rounds: { without: Round; with: Round }[] = [];
  for (let n = 0; n <= ROUNDS; n += 1) {
    const order = n % 2 === 0 ? [plain, watching] : [watching, plain];
    const [first, second] = [await round(order[0]!, n), await round(order[1]!, n)];
    // the first is for the engine's compiler
    if (n > 0) rounds.push(n % 2 === 0 ? { without: first!, with: second! } : { without: second!, with: first! });
  }
  // the clock tells what else the machine did, so the fastest of each side counts; its CPU time is the server's own
  const fastest = (side: "with" | "without") => Math.min(...rounds.map((one) => one[side].wall));
  const cpu = (side: "with" | "without") => median(rounds.map((one) => one[side].cpu));
  const figure = (what: string, [own, other]: [number, number], ratio: number) => ({
    ...{ what, value: (ratio - 1) * 100, unit: "%", bound: 5 },
    against: `${own.toFixed(2)} s against ${other.toFixed(2)} s without it, ${ROUNDS} pairs`,
  });
  const walls: [number, number] = [fastest("with"), fastest("without")];
  const ofPairs = median(rounds.map((one) => one.with.cpu / one.without.cpu));
  return [
    figure("more time for a million lines followed", walls, walls[0] / walls[1]),
    figure("more CPU time for them", [cpu("with"), cpu("without")], ofPairs),
  ];
}

async function round({ api, file }: Side, n: number): Promise<Round> {
  const leaving = new AbortController();
  const answer = await api.ask(`${api.url}/services/local/pm2/${APP}/logs?tail=0&follow=1`, leaving.signal);
  const reader = answer.body!.getReader();
  const block = Array.from({ length: LINES }, (_, at) => `INFO ${at} user=${at % 977} ${FILLING}`).join("\n");
  await sleep(1000);
  const cpu = cpuSeconds([api.pid]);
  const from = performance.now();
  const last = `the last of round ${n}`;
  fs.appendFileSync(file, `${block}\n${last}\n`);
  const decoder = new TextDecoder("latin1");
  for (let tail = ""; !tail.includes(last); ) {
    const part = await reader.read();
    if (part.done) throw new Error("the stream ended");
    tail = (tail + decoder.decode(part.value)).slice(-500);
  }
  const wall = (performance.now() - from) / 1000;
  leaving.abort();
  return { wall, cpu: cpuSeconds([api.pid]) - cpu };
}

/** From the moment that a drawing's last line stands in the file to the event that tells of it, in another process. */
async function latency({ file }: Side, told: Told): Promise<Figure[]> {
  const took: number[] = [];
  for (let n = 0; n < CODES; n += 1) {
    fs.appendFileSync(file, `${drawn(whatsapp(n)).join("\n")}\n`);
    const from = performance.now();
    while (told.codes() <= n) await sleep(2);
    took.push(performance.now() - from);
    await sleep(400 + Math.random() * 300);
  }
  const sorted = took.sort((a, b) => a - b);
  return [
    {
      what: "from a code's last line to its event, the slowest",
      value: sorted.at(-1)!,
      unit: "ms",
      bound: 500,
      against: `median ${Math.round(median(took))} ms of ${CODES}, out of a PM2 app's file`,
    },
  ];
}

interface Told {
  /** how many codes the app has shown, by the newest event */
  codes: () => number;
}

function codesOf(events: Response): Told {
  let codes = 0;
  const read = async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const part of events.body!) {
      text = (text + decoder.decode(part, { stream: true })).slice(-100_000);
      for (const [, data = ""] of text.matchAll(/^event: code\ndata: (.*)\n/gm)) {
        const code = JSON.parse(data) as { service: string; codes: number };
        if (code.service === `local/pm2/${APP}`) codes = Math.max(codes, code.codes);
      }
    }
  };
  // the end of the benchmark ends it
  read().catch(() => undefined);
  return { codes: () => codes };
}
