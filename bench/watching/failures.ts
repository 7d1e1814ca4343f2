/** From a process's end until a channel has its alert, under each supervisor. */
import { execFileSync } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { IMAGE, LABEL, type Load } from "../board/load.ts";
import type { Serving } from "../board/server.ts";
import { type Figure, median } from "../figure.ts";

const ROUNDS = 3;
const PATIENCE = 20_000;
/** milliseconds: a channel tells five within a minute one by one, and what comes beyond that together */
const MINUTE = 61_000;
/** says when it fails, and does so at once */
const FAILING = "sleep 2; date +%s%3N; exit 3";

interface Told {
  at: number;
  body: string;
}

/** One failure after another, each a service of its own; the receiver is a webhook on this machine. */
export async function failuresUntilTold(server: Serving, load: Load): Promise<Figure[]> {
  const told: Told[] = [];
  const receiver = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += String(chunk);
    });
    request.on("end", () => {
      told.push({ at: Date.now(), body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  await ask(server, "/channels", {
    ...{ kind: "webhook", name: "bench", config: { local: true } },
    secrets: { url: `http://127.0.0.1:${port}/` },
  });
  try {
    const figures = [await figure("docker", told, (name) => failingContainer(name))];
    await sleep(MINUTE);
    figures.push(await figure("systemd", told, (name) => failingUnit(load, name)));
    await sleep(MINUTE);
    figures.push(await figure("pm2", told, (name) => failingApp(load, name)));
    return figures;
  } finally {
    receiver.close();
  }
}

/** `fail` starts what fails after two seconds, and gives when it did, in milliseconds since the epoch. */
async function figure(scope: string, told: readonly Told[], fail: (name: string) => Promise<number>): Promise<Figure> {
  const times: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const name = `fails-${scope}-${n}`;
    const ended = await fail(name);
    const isOfIt = ({ body }: Told) => body.includes(name);
    for (const end = Date.now() + PATIENCE; !told.some(isOfIt); await sleep(10))
      if (Date.now() > end) throw new Error(`nobody was told of ${name} in ${PATIENCE / 1000} s`);
    times.push(told.find(isOfIt)!.at - ended);
  }
  return {
    what: `a failure under ${scope}, until its alert is there`,
    value: median(times) / 1000,
    unit: "s",
    bound: 2,
    against: `at a webhook, from the end of the process; the slowest of ${ROUNDS} took ${Math.max(...times)} ms`,
  };
}

async function failingContainer(name: string): Promise<number> {
  const own = ["--detach", "--label", LABEL, "--network=none", "--name", name];
  execFileSync("docker", ["run", ...own, IMAGE, "sh", "-c", "sleep 2; exit 3"], { stdio: "pipe" });
  // the clock of a small image knows no milliseconds
  const read = () =>
    execFileSync("docker", ["inspect", "--format", "{{.State.FinishedAt}}", name], { encoding: "utf8" });
  return said(() => String(Math.max(0, Date.parse(read().trim()))));
}

async function failingUnit({ host }: Load, name: string): Promise<number> {
  const unit = `${name}.service`;
  const text = `[Service]\nExecStart=/bin/sh -c '${FAILING.replaceAll("%", "%%")}'\n`;
  host.run(["tee", `/etc/systemd/system/${unit}`], { input: text });
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", unit]);
  return said(() => host.run(["journalctl", "--unit", unit, "--output=cat", "--no-pager"]));
}

async function failingApp({ host, pm2 }: Load, name: string): Promise<number> {
  const script = path.join(host.share, `${name}.sh`);
  const log = path.join(host.share, `${name}.log`);
  host.run(["tee", script], { input: FAILING });
  const options = ["--name", name, "--interpreter", "sh", "--no-autorestart", "--merge-logs", "--output", log];
  pm2("start", script, ...options);
  return said(() => host.run(["cat", log]));
}

/** The time that a failing process printed last thing. */
async function said(read: () => string): Promise<number> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    const time = /^(\d{13})$/m.exec(read())?.[1];
    if (time) return Number(time);
  }
  throw new Error("it did not say when it ended");
}

async function ask({ url, headers }: Serving, where: string, body: unknown): Promise<void> {
  const answer = await fetch(`${url}/api/v1${where}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
}
