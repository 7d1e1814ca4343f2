/** Units of the demo server. */
import type { Inspection, Port } from "../supervisor.ts";
import type { FakeSupervisor } from "./adapter.ts";
import { ago, pastLines } from "./demo-past.ts";
import type { Sketch } from "./record.ts";

const MB = 1024 ** 2;
const GiB = 1024 ** 3;
const BOOT = { days: 41, hours: 6 };

/** Seven listed units, one of them failed, and those of the distribution that stay behind "Show all units". */
export function addDemoUnits(fake: FakeSupervisor): void {
  addFailed(fake);
  addGateway(fake);
  addUnit(fake, { name: "caddy.service", title: "Caddy", ports: listening("0.0.0.0", 80, 443), load: [0.004, 48] });
  addUnit(fake, { name: "docker.service", title: "Docker Application Container Engine", load: [0.012, 142] });
  const postgres = {
    name: "postgresql@16-main.service",
    title: "PostgreSQL Cluster 16-main",
    group: "system-postgresql.slice",
    ports: listening("127.0.0.1", 5432),
  };
  addUnit(fake, { ...postgres, load: [0.009, 212] });
  addUnit(fake, { name: "pm2-deploy.service", title: "PM2 process manager", load: [0.003, 61] });
  addUnit(fake, {
    name: "ssh.service",
    title: "OpenBSD Secure Shell server",
    ports: listening("0.0.0.0", 22),
    load: [0.0004, 9],
  });
  const quiet = [
    "cron",
    "dbus",
    "systemd-journald",
    "systemd-logind",
    "systemd-timesyncd",
    "systemd-udevd",
    "unattended-upgrades",
  ];
  for (const name of quiet) addUnit(fake, { name: `${name}.service`, title: name, listed: false, load: [0.0003, 7] });
  for (const name of ["apt-daily", "fstrim", "logrotate", "man-db", "systemd-fsck-root"])
    fake.add({
      name: `${name}.service`,
      title: name,
      state: "stopped",
      since: ago({ hours: 9 }),
      listed: false,
      source: `/lib/systemd/system/${name}.service`,
      restartPolicy: { policy: "no", delay: null, limit: null, window: null },
      startsAtBoot: null,
    });
}

function addFailed(fake: FakeSupervisor): void {
  const name = "mongod.service";
  const unit = unitText("MongoDB Database Server", "/usr/bin/mongod --config /etc/mongod.conf", [
    "MemoryMax=1G",
    "User=mongodb",
  ]);
  const sketch: Sketch = {
    name,
    title: "MongoDB Database Server",
    state: "failed",
    nativeState: "failed (oom-kill)",
    since: ago({ minutes: 13 }),
    lastExit: { code: null, signal: "SIGKILL", oomKilled: true, at: ago({ minutes: 13 }) },
    memoryLimit: GiB,
    source: "/lib/systemd/system/mongod.service",
    restartPolicy: { policy: "no", delay: 0.1, limit: 5, window: 10 },
    reason: "Killed by the kernel at its 1 GB memory limit (`oom-kill`). Not set to restart.",
  };
  const files: Inspection["files"] = [{ path: sketch.source!, role: "unit", text: unit, problem: null }];
  const environment = [{ name: "MONGODB_CONFIG_OVERRIDE_NOFORK", value: "1" }];
  fake.add(sketch, { detail: { ...described(name, null, files), environment, user: "mongodb" } });
  const lines = [
    '{"t":{"$date":"2025-11-14T14:18:50Z"},"s":"I","c":"WTCHKPT","msg":"WiredTiger message: saving checkpoint snapshot"}',
    '{"t":{"$date":"2025-11-14T14:18:58Z"},"s":"W","c":"QUERY","msg":"Slow query: COLLSCAN on cosyworld.messages"}',
    "mongod.service: A process of this unit has been killed by the OOM killer.",
    "mongod.service: Main process exited, code=killed, status=9/KILL",
    "mongod.service: Failed with result 'oom-kill'.",
  ];
  pastLines(fake, name, { step: 4, lines, end: ago({ minutes: 13, seconds: -4 }) });
}

function addGateway(fake: FakeSupervisor): void {
  const name = "clawdis-gateway.service";
  const since = ago({ days: 6, hours: 4 });
  const files: Inspection["files"] = [
    {
      path: `/run/systemd/transient/${name}`,
      role: "unit",
      text: unitText("Clawdis gateway", "/usr/bin/node /home/mara/clawdis/dist/gateway.js", [
        "MemoryMax=2G",
        "User=mara",
      ]),
      problem: null,
    },
    {
      path: `/etc/systemd/system/${name}.d/limits.conf`,
      role: "drop-in",
      text: "[Service]\nTasksMax=400\n",
      problem: null,
    },
  ];
  const environment = [
    { name: "NODE_ENV", value: "production" },
    { name: "CLAWDIS_STATE", value: "/home/mara/.clawdis" },
    { name: "CLAWDIS_GATEWAY_TOKEN", value: "demo-9d41c0aa72" },
    { name: "TELEGRAM_BOT_TOKEN", value: "110201543:demo-not-a-token" },
  ];
  const sketch: Sketch = {
    name,
    title: "Clawdis gateway",
    since,
    instances: [{ id: "1841", pid: 1841, state: "active (running)", restarts: 0, since }],
    memoryLimit: 2 * GiB,
    ports: listening("0.0.0.0", 18789, 18790, 18791, 18792, 18793),
    restartPolicy: { policy: "on-failure", delay: 5, limit: 5, window: 10 },
    source: files[0]!.path,
    startsAtBoot: false,
    tag: "transient",
  };
  const detail = { ...described(name, 1841, files), environment, user: "mara", workingDirectory: "/home/mara/clawdis" };
  fake.add(sketch, { load: { cpu: 0.062, memory: 1.31 * GiB }, detail });
  const lines = [
    '{"level":"info","msg":"gateway listening","ports":[18789,18790,18791,18792,18793]}',
    '{"level":"info","msg":"session resumed","session":"s-8841","turns":214}',
    '{"level":"warn","msg":"slow tool call","tool":"browser","ms":8120}',
    '{"level":"info","msg":"session saved","session":"s-8841","bytes":482113}',
  ];
  pastLines(fake, name, { step: 21, lines });
}

function addUnit(fake: FakeSupervisor, unit: Sketch & { load: [number, number] }): void {
  const { load, ...sketch } = unit;
  const since = ago(BOOT);
  const pid = 400 + [...sketch.name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const path = `/lib/systemd/system/${sketch.name.replace(/@[^.]*/, "@")}`;
  const text = unitText(sketch.title ?? sketch.name, `/usr/sbin/${sketch.name.replace(/[@.].*/, "")}`, []);
  const files: Inspection["files"] = [{ path, role: "unit", text, problem: null }];
  fake.add(
    {
      since,
      source: path,
      instances: [{ id: String(pid), pid, state: "active (running)", restarts: 0, since }],
      restartPolicy: { policy: "on-failure", delay: 0.1, limit: 5, window: 10 },
      ...sketch,
    },
    {
      load: { cpu: load[0], memory: load[1] * MB },
      detail: { ...described(sketch.name, pid, files), environment: [{ name: "LANG", value: "C.UTF-8" }] },
    },
  );
  pastLines(fake, sketch.name, { step: 60, lines: [`Starting ${sketch.title}...`, `Started ${sketch.title}.`] });
}

function listening(address: string, ...ports: number[]): Port[] {
  return ports.map((port) => ({ protocol: "tcp", address, port, target: null }));
}

function described(name: string, pid: number | null, files: Inspection["files"]): Partial<Inspection> {
  const command = files[0]?.text?.match(/^ExecStart=(.*)$/m)?.[1]?.split(" ") ?? [];
  return {
    native: {
      Id: name,
      MainPID: pid ?? 0,
      FragmentPath: files[0]?.path,
      Slice: "system.slice",
      TasksCurrent: 11,
      Result: pid ? "success" : "oom-kill",
    },
    command,
    user: "root",
    files,
    facts: [
      { label: "Unit file", value: files[0]?.path ?? "" },
      { label: "Main PID", value: pid === null ? "none" : String(pid) },
      { label: "Result", value: pid === null ? "oom-kill" : "success" },
      { label: "Slice", value: "system.slice" },
      { label: "Drop-ins", value: String(files.length - 1) },
    ],
  };
}

function unitText(title: string, command: string, more: readonly string[]): string {
  return [
    "[Unit]",
    `Description=${title}`,
    "After=network-online.target",
    "",
    "[Service]",
    `ExecStart=${command}`,
    ...more,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}
