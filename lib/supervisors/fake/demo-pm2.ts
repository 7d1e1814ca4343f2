/** PM2 apps of the demo server: a cluster of four, a crash loop, a module, a stopped one. */
import type { Inspection } from "../supervisor.ts";
import type { FakeSupervisor } from "./adapter.ts";
import { ago, pastLines } from "./demo-past.ts";

const MB = 1024 ** 2;
const CRASHES = 17;
/** milliseconds that it has been crashing */
const CRASHING = 720_000;

export function addDemoApps(fake: FakeSupervisor): void {
  addCrashLoop(fake);
  addCluster(fake);
  addModule(fake);
  addStopped(fake);
}

function addCrashLoop(fake: FakeSupervisor): void {
  const at = ago({ seconds: 9 });
  fake.add(
    {
      name: "cosyworld",
      state: "restarting",
      nativeState: "waiting restart",
      since: at,
      restarts: 17,
      lastExit: { code: 1, signal: null, oomKilled: false, at },
      instances: [{ id: "4", pid: null, state: "waiting restart", restarts: 17, since: at }],
      memoryLimit: 600 * MB,
      restartPolicy: { policy: "always", delay: 0.1, limit: 16, window: null },
      source: "/home/deploy/cosyworld/src/index.mjs",
      reason: "Exit 1: `ECONNREFUSED 127.0.0.1:27017`.",
    },
    {
      detail: described("/home/deploy/cosyworld/src/index.mjs", "fork_mode", 1, [
        { name: "NODE_ENV", value: "production" },
        { name: "MONGO_URI", value: "mongodb://cosy:demo-password@127.0.0.1:27017/cosyworld" },
        { name: "DISCORD_BOT_TOKEN", value: "demo.MTIzNDU2.not-a-token" },
        { name: "OPENROUTER_API_KEY", value: "sk-or-demo-000000" },
      ]),
    },
  );
  for (let turn = CRASHES - 1; turn >= 0; turn -= 1) {
    const lines = [
      "cosyworld 0.9.2 starting, connecting to mongodb://127.0.0.1:27017",
      "Error: connect ECONNREFUSED 127.0.0.1:27017",
      "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)",
    ];
    const end = new Date(Date.parse(at) - (turn * CRASHING) / CRASHES).toISOString();
    pastLines(fake, "cosyworld", { step: 0.3, lines, end });
  }
}

function addCluster(fake: FakeSupervisor): void {
  const since = ago({ days: 2, hours: 7 });
  const recent = ago({ hours: 9 });
  const instance = (id: number, pid: number, restarts = 0) => ({
    id: String(id),
    pid,
    state: "online",
    restarts,
    since: restarts > 0 ? recent : since,
  });
  fake.add(
    {
      name: "fondation-worker",
      group: "fondation",
      nativeState: "online",
      since,
      restarts: 1,
      lastExit: { code: 0, signal: "SIGINT", oomKilled: false, at: recent },
      instances: [instance(0, 20418), instance(1, 20425), instance(2, 31077, 1), instance(3, 20439)],
      memoryLimit: 1600 * MB,
      ports: [{ protocol: "tcp", address: "127.0.0.1", port: 4000, target: null }],
      restartPolicy: { policy: "always", delay: 0.5, limit: 16, window: null },
      source: "/home/deploy/fondation/dist/worker.js",
      tag: "4 of 4",
    },
    {
      load: { cpu: 0.314, memory: 762 * MB },
      detail: described("/home/deploy/fondation/dist/worker.js", "cluster_mode", 4, [
        { name: "NODE_ENV", value: "production" },
        { name: "PORT", value: "4000" },
        { name: "DATABASE_URL", value: "postgres://fondation:demo-password@127.0.0.1:5432/fondation" },
        { name: "GITHUB_APP_PRIVATE_KEY", value: "-----BEGIN DEMO KEY-----" },
      ]),
    },
  );
  const lines = Array.from({ length: 40 }, (_, at) => {
    const step = ["clone", "order", "abstractions", "chapters", "review"][at % 5];
    return `{"level":"info","job":"j-${4100 + Math.floor(at / 5)}","step":"${step}","ms":${800 + ((at * 137) % 900)}}`;
  });
  pastLines(fake, "fondation-worker", { step: 6, lines });
}

function addModule(fake: FakeSupervisor): void {
  const since = ago({ days: 41, hours: 6 });
  fake.add(
    {
      name: "pm2-logrotate",
      since,
      instances: [{ id: "9", pid: 1203, state: "online", restarts: 0, since }],
      source: "/home/deploy/.pm2/modules/pm2-logrotate/node_modules/pm2-logrotate/app.js",
      tag: "module",
    },
    {
      load: { cpu: 0.0003, memory: 38 * MB },
      detail: described("/home/deploy/.pm2/modules/pm2-logrotate/app.js", "fork_mode", 1, []),
    },
  );
  const lines = ['"/home/deploy/.pm2/logs/fondation-worker-out.log" is over 10M, rotating'];
  pastLines(fake, "pm2-logrotate", { step: 3600, lines });
}

function addStopped(fake: FakeSupervisor): void {
  const since = ago({ days: 3 });
  fake.add(
    {
      name: "fondation-digest",
      group: "fondation",
      state: "stopped",
      since,
      lastExit: { code: 0, signal: "SIGINT", oomKilled: false, at: since },
      instances: [{ id: "6", pid: null, state: "stopped", restarts: 0, since }],
      restartPolicy: { policy: "always", delay: null, limit: 16, window: null },
      source: "/home/deploy/fondation/dist/digest.js",
      startsAtBoot: false,
    },
    {
      detail: described("/home/deploy/fondation/dist/digest.js", "fork_mode", 1, [
        { name: "SMTP_PASSWORD", value: "demo-password" },
      ]),
    },
  );
}

function described(
  script: string,
  mode: "fork_mode" | "cluster_mode",
  instances: number,
  environment: Inspection["environment"],
): Partial<Inspection> {
  const name = script
    .split("/")
    .at(-1)!
    .replace(/\.\w+$/, "");
  const workingDirectory = script.replace(/\/(dist|src)\/.*|\/app\.js$/, "");
  return {
    native: {
      exec_mode: mode,
      instances,
      pm_exec_path: script,
      pm_cwd: workingDirectory,
      exec_interpreter: "node",
      node_version: "22.11.0",
    },
    environment,
    command: ["node", script],
    workingDirectory,
    user: "deploy",
    files: [{ path: script, role: "script", text: null, problem: "Only the path of a script is shown." }],
    facts: [
      { label: "Script", value: script },
      { label: "Exec mode", value: mode },
      { label: "Instances", value: String(instances) },
      { label: "Interpreter", value: "node 22.11.0" },
      { label: "Working directory", value: workingDirectory },
      { label: "Out log", value: `/home/deploy/.pm2/logs/${name}-out.log` },
      { label: "Error log", value: `/home/deploy/.pm2/logs/${name}-error.log` },
    ],
  };
}
