/** A real PM2 daemon in a folder of its own, driven by PM2's own command line: what the adapter is compared with. */
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PM2 = path.resolve("node_modules/pm2/bin/pm2");

const APP = `console.log("ready " + process.argv[2]);
if (process.env.PORT) require("node:http").createServer((_, answer) => answer.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");
setInterval(() => undefined, 1000);
`;
const CRASHING = `console.error("no database"); setTimeout(() => process.exit(Number(process.argv[2])), 30);
`;

export interface NativeApp {
  name: string;
  id: number;
  pid: number;
  status: string;
  namespace: string;
  restarts: number;
}

export interface Pm2Rig {
  home: string;
  /** scripts that run until told otherwise, and that end after 30 ms with the code they are given */
  app: string;
  crashing: string;
  pm2(...args: string[]): Promise<string>;
  /** with more environment than the rig's own */
  start(args: string[], environment?: Record<string, string>): Promise<void>;
  list(): Promise<NativeApp[]>;
  find(name: string): Promise<NativeApp | undefined>;
  daemonPid(): number | null;
  killDaemon(): Promise<void>;
  close(): Promise<void>;
}

export function createPm2Rig(): Pm2Rig {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-"));
  fs.chmodSync(home, 0o755);
  const app = path.join(home, "app.js");
  const crashing = path.join(home, "crashing.js");
  fs.writeFileSync(app, APP);
  fs.writeFileSync(crashing, CRASHING);
  const orphans = new Set<number>();

  const command = async (args: string[], environment: Record<string, string> = {}) => {
    const { PATH, TZ, NODE_ENV = "test" } = process.env;
    const env = { PATH, TZ, NODE_ENV, HOME: home, ...environment, PM2_HOME: home };
    const { stdout } = await run(process.execPath, [PM2, ...args], { env, cwd: home, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
  const list = async () => {
    const output = await command(["jlist"]);
    // notices may stand before it
    const apps = JSON.parse(output.slice(output.indexOf("[{") < 0 ? output.lastIndexOf("[]") : output.indexOf("[{")));
    return (apps as RawApp[]).map((one) => ({
      name: one.name,
      id: one.pm_id,
      pid: one.pid,
      status: one.pm2_env.status,
      namespace: one.pm2_env.namespace,
      restarts: one.pm2_env.restart_time,
    }));
  };
  const daemonPid = () => {
    const file = path.join(home, "pm2.pid");
    return fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : null;
  };

  return {
    home,
    app,
    crashing,
    pm2: (...args) => command(args),
    start: async (args, environment) => void (await command(["start", ...args], environment)),
    list,
    find: async (name) => (await list()).find((one) => one.name === name),
    daemonPid,
    async killDaemon() {
      for (const { pid, status } of await list()) if (status === "online") orphans.add(pid);
      const pid = daemonPid();
      if (pid !== null) end(pid);
      for (const orphan of orphans) end(orphan);
      fs.rmSync(path.join(home, "pm2.pid"), { force: true });
    },
    async close() {
      if (daemonPid() !== null) await command(["kill"]);
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

interface RawApp {
  name: string;
  pm_id: number;
  pid: number;
  pm2_env: { status: string; namespace: string; restart_time: number };
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
