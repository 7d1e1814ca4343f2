/**
 * A server of a test's own: the built one, with made-up services and a data folder that goes with it. What attacks accounts
 * needs one that it may wear down, and one whose page layer was taken away.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";

const root = path.dirname(path.dirname(import.meta.dirname));
const BOOT_SECONDS = 30;

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface Asking {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: unknown;
  /** a stream is left when so many milliseconds have passed since its headers, 300 unless told */
  patience?: number;
  /** the address to call from, another one of this machine's loopback network */
  from?: string;
}

export interface OwnServer {
  url: string;
  pid: number;
  dataDir: string;
  /** Runs the command line on this server's data and gives what it prints. */
  cli(argv: readonly string[], input?: string): string;
  /** Sends a path exactly as it is written here: nothing folds its dots or slashes. */
  ask(target: string, asking?: Asking): Promise<Answer>;
  /** The server's own log so far. */
  log(): string;
  database<T>(work: (database: Database.Database) => T): T;
  stop(): Promise<void>;
}

/** Starts one on a free port. `proxy: false`: the layer of Next that stands before the pages is taken out of the build. */
export async function startOwnServer({
  proxy = true,
  env = {},
}: {
  proxy?: boolean;
  env?: Record<string, string>;
} = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-own-"));
  const dataDir = path.join(folder, "data");
  fs.mkdirSync(dataDir);
  const home = proxy ? root : withoutProxy(path.join(folder, "server"));
  const variables: NodeJS.ProcessEnv = {
    NODE_ENV: "production",
    ...{ PATH: process.env.PATH ?? "", HOME: folder, TZ: process.env.TZ ?? "UTC" },
    ...{ TRIHELM_DEMO: "1", TRIHELM_PORT: "0", TRIHELM_DATA_DIR: dataDir, ...env },
  };
  const child = spawn(process.execPath, ["scripts/serve.ts"], { cwd: home, env: variables, stdio: "pipe" });
  let said = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", (chunk) => (said += String(chunk)));
  const url = await listening(child, () => said);
  const agents = new Map<string, http.Agent>();
  const agentOf = (from = "") => {
    const agent = agents.get(from) ?? new http.Agent({ keepAlive: true, ...(from ? { localAddress: from } : {}) });
    agents.set(from, agent);
    return agent;
  };
  const own: OwnServer = {
    url,
    pid: child.pid ?? 0,
    dataDir,
    cli: (argv, input = "") =>
      execFileSync(process.execPath, [path.join(root, "scripts/trihelm.ts"), ...argv], {
        env: variables,
        input,
        encoding: "utf8",
        stdio: ["pipe", "pipe", "pipe"],
      }),
    ask: (target, asking) => ask(agentOf(asking?.from), new URL(url), { target, ...asking }),
    log: () => said,
    database(work) {
      const database = new Database(path.join(dataDir, "trihelm.db"), { timeout: 5000 });
      try {
        return work(database);
      } finally {
        database.close();
      }
    },
    async stop() {
      for (const agent of agents.values()) agent.destroy();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  return own;
}

/** Asks for a page; the router of an open one is sent on once, to the address with the mark of its own request. */
export async function askPage(server: OwnServer, target: string, headers: Record<string, string>): Promise<Answer> {
  const answer = await server.ask(target, { headers });
  const { location = "" } = answer.headers;
  return answer.status === 307 && location.includes("_rsc") ? server.ask(location, { headers }) : answer;
}

/** The finished build once more, as links where nothing differs, with nothing between the socket and the pages. */
function withoutProxy(target: string): string {
  execFileSync("cp", ["-al", path.join(root, ".next/standalone"), target]);
  const file = path.join(target, ".next/server/functions-config-manifest.json");
  const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as { functions: Record<string, unknown> };
  if (!manifest.functions["/_middleware"]) throw new Error("the build has no page layer that could be taken out");
  delete manifest.functions["/_middleware"];
  // a link shares its content with the original: removed first, then written
  fs.rmSync(file);
  fs.writeFileSync(file, JSON.stringify(manifest));
  fs.rmSync(path.join(target, ".next/server/middleware.js"));
  return target;
}

async function listening(child: ChildProcess, said: () => string): Promise<string> {
  for (let tries = 0; tries < BOOT_SECONDS * 10 && child.exitCode === null; tries += 1) {
    const url = /Trihelm is at (http:\/\/\S+)/.exec(said())?.[1];
    if (url) return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server did not come up:\n${said()}`);
}

function ask(agent: http.Agent, { hostname, port }: URL, asking: Asking & { target: string }): Promise<Answer> {
  const { target, method = "GET", headers = {}, body, patience = 300 } = asking;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = { ...(text === undefined ? {} : json(text)), ...headers };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path: target, method, headers: sent, agent };
    const request = http.request(options, (response) => {
      let told = "";
      const done = () => {
        clearTimeout(timer);
        response.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: told });
      };
      const isEndless = /event-stream|ndjson/.test(response.headers["content-type"] ?? "");
      const timer = setTimeout(done, isEndless ? patience : 20_000);
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        told += chunk;
      });
      response.on("end", done).on("error", done);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // a kept connection that the server closed while it was idle: nothing was asked on it
      if (request.reusedSocket && error.code === "ECONNRESET")
        ask(agent, { hostname, port } as URL, asking).then(resolve, reject);
      else reject(error);
    });
    request.end(text);
  });
}

// a length, since Node sends the body of a DELETE without any
const json = (text: string) => ({
  "content-type": "application/json",
  "content-length": String(Buffer.byteLength(text)),
});
