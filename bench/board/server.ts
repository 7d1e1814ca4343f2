/** Trihelm on the loaded host, with an account, and a socket in front of the engine's that counts what it asks. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bearer, makeAccounts } from "../../e2e/stage/accounts.ts";
import { asStarted, descendants } from "../processes.ts";
import { openCountingSocket } from "./counting-socket.ts";
import type { Load } from "./load.ts";

const PORT = 7439;
const URL = `http://127.0.0.1:${PORT}`;
/** milliseconds until it has looked at everything once */
const SETTLED = 5000;

export interface Serving {
  url: string;
  /** an administrator's */
  headers: Record<string, string>;
  /** of the process that serves */
  pid: number;
  /** seconds from the start of Node until it was ready */
  ready: number;
  /** requests that the engine has had by now */
  engineCalls(): number;
  close(): Promise<void>;
}

/** Where it keeps its data; nothing is there before it is started. */
export function dataFolder({ host }: Load): string {
  return path.join(host.share, "data");
}

/** Starts it, waits until it is ready and settled. */
export async function startServer(load: Load): Promise<Serving> {
  const { host, pm2Home } = load;
  const socket = path.join(host.share, "docker.sock");
  const counting = openCountingSocket(socket, "/var/run/docker.sock");
  const data = { TRIHELM_DATA_DIR: dataFolder(load) };
  const command = ["node", path.resolve("scripts/trihelm.ts")];
  const tokens = makeAccounts((argv, input = "") => host.run([...command, ...argv], { env: data, input }));
  const started = performance.now();
  const server = host.spawn(["node", ...asStarted(), path.resolve("scripts/serve.ts")], {
    env: {
      ...data,
      TRIHELM_PORT: String(PORT),
      TRIHELM_PM2_HOMES: pm2Home,
      TRIHELM_LOG_LEVEL: "warn",
      DOCKER_HOST: `unix://${socket}`,
    },
    stdio: "inherit",
  });
  while (!(await isReady())) await sleep(10);
  const ready = (performance.now() - started) / 1000;
  await sleep(SETTLED);
  return {
    url: URL,
    headers: bearer(tokens.admin),
    pid: descendants(server.pid!).at(-1) ?? server.pid!,
    ready,
    engineCalls: counting.requests,
    async close() {
      for (const pid of descendants(server.pid!)) process.kill(pid, "SIGTERM");
      counting.close();
      await sleep(1500);
    },
  };
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${URL}/api/health/ready`)).status === 200;
  } catch {
    // not listening yet
    return false;
  }
}
