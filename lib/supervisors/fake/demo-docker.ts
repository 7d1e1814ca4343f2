/** Containers of the demo server: two compose projects and two that stand alone. */
import type { Inspection } from "../supervisor.ts";
import type { FakeSupervisor } from "./adapter.ts";
import { ago, pastLines } from "./demo-past.ts";
import type { Sketch } from "./record.ts";

const MB = 1024 ** 2;
const RESTART = { policy: "unless-stopped", delay: null, limit: null, window: null } as const;

interface Box {
  sketch: Sketch;
  id: string;
  up: Parameters<typeof ago>[0];
  load: [cpu: number, megabytes: number];
  network: string;
  address: string;
  environment?: Inspection["environment"];
  mounts?: Inspection["mounts"];
}

export function addDemoContainers(fake: FakeSupervisor): void {
  for (const box of [...scheduler(), ...umami(), vaultwarden()]) addBox(fake, box);
  const since = ago({ days: 2 });
  fake.add(
    {
      name: "registry",
      state: "stopped",
      nativeState: "Exited (0) 2 days ago",
      since,
      lastExit: { code: 0, signal: null, oomKilled: false, at: since },
      source: "registry:2.8.3",
      restartPolicy: { policy: "no", delay: null, limit: null, window: null },
    },
    {
      detail: {
        ...described({ id: "f0c1d2e3a4b5", image: "registry:2.8.3", network: "bridge", address: null }),
        mounts: [{ type: "volume", source: "registry-data", target: "/var/lib/registry", readOnly: false }],
      },
    },
  );
  workerLog(fake);
}

function scheduler(): Box[] {
  const group = "wa-scheduler";
  const shared = { network: "wa-net", up: { days: 9, hours: 2 } };
  const worker: Sketch = {
    name: "wa-scheduler-worker",
    title: "worker",
    group,
    health: "healthy",
    restarts: 1,
    lastExit: { code: 137, signal: null, oomKilled: true, at: ago({ minutes: 22, seconds: 1 }) },
    memoryLimit: 512 * MB,
    source: "wa-scheduler-worker:1.8.2",
  };
  const api: Sketch = {
    name: "wa-scheduler-api",
    title: "api",
    group,
    health: "healthy",
    memoryLimit: 300 * MB,
    ports: [{ protocol: "tcp", address: "127.0.0.1", port: 3001, target: 3001 }],
    source: "wa-scheduler-api:1.8.2",
  };
  const dragonfly: Sketch = {
    name: "wa-scheduler-dragonfly",
    title: "dragonfly",
    group,
    memoryLimit: 256 * MB,
    source: "docker.dragonflydb.io/dragonflydb/dragonfly:v1.24.0",
    dependents: ["wa-scheduler-api", "wa-scheduler-worker"],
  };
  const secrets = [
    { name: "NODE_ENV", value: "production" },
    { name: "REDIS_URL", value: "redis://:demo-password@dragonfly:6379" },
    { name: "WA_SESSION_SECRET", value: "demo-5f1e22" },
  ];
  const volume = (source: string, target: string) => ({ type: "volume" as const, source, target, readOnly: false });
  return [
    {
      ...shared,
      sketch: worker,
      id: "4be1c0a97d21",
      up: { minutes: 22 },
      load: [0.048, 338],
      address: "172.20.0.4",
      environment: secrets,
      mounts: [volume("wa-session", "/data/session"), volume("wa-db", "/data/db")],
    },
    {
      ...shared,
      sketch: api,
      id: "91c2ab77e004",
      load: [0.021, 184],
      address: "172.20.0.3",
      environment: [...secrets, { name: "API_KEY", value: "demo-api-key" }],
      mounts: [volume("wa-db", "/data/db")],
    },
    {
      ...shared,
      sketch: dragonfly,
      id: "0d77fe31b2c9",
      load: [0.008, 61],
      address: "172.20.0.2",
      mounts: [volume("wa-dragonfly", "/data")],
    },
  ];
}

function umami(): Box[] {
  const app: Sketch = {
    name: "umami",
    title: "umami",
    group: "umami",
    health: "unhealthy",
    nativeState: "Up 3 days (unhealthy)",
    memoryLimit: 512 * MB,
    ports: [{ protocol: "tcp", address: "127.0.0.1", port: 3000, target: 3000 }],
    source: "ghcr.io/umami-software/umami:postgresql-v2.13.2",
    reason: "Health check timed out 5 times in a row: `GET /api/heartbeat` took over 5 s.",
  };
  const database: Sketch = {
    name: "umami-db",
    title: "db",
    group: "umami",
    health: "healthy",
    memoryLimit: 256 * MB,
    source: "postgres:15-alpine",
    dependents: ["umami"],
  };
  const up = { days: 3, hours: 5 };
  const url = { name: "DATABASE_URL", value: "postgresql://umami:demo-password@umami-db:5432/umami" };
  return [
    {
      sketch: app,
      id: "c3d9a1107f52",
      up: { minutes: 8 },
      load: [0.006, 472],
      network: "umami_default",
      address: "172.21.0.3",
      environment: [url, { name: "APP_SECRET", value: "demo-secret" }],
    },
    {
      sketch: database,
      id: "77ab19e0c4d3",
      up,
      load: [0.002, 96],
      network: "umami_default",
      address: "172.21.0.2",
      environment: [{ name: "POSTGRES_PASSWORD", value: "demo-password" }],
      mounts: [{ type: "volume", source: "umami-db-data", target: "/var/lib/postgresql/data", readOnly: false }],
    },
  ];
}

function vaultwarden(): Box {
  return {
    sketch: {
      name: "vaultwarden",
      health: "healthy",
      ports: [{ protocol: "tcp", address: "127.0.0.1", port: 8222, target: 80 }],
      source: "vaultwarden/server:1.32.4",
    },
    id: "5e0f8b6d2a17",
    up: { days: 41, hours: 6 },
    load: [0.001, 74],
    network: "bridge",
    address: "172.17.0.2",
    environment: [{ name: "ADMIN_TOKEN", value: "demo-admin-token" }],
    mounts: [{ type: "volume", source: "vaultwarden-data", target: "/data", readOnly: false }],
  };
}

function addBox(fake: FakeSupervisor, box: Box): void {
  const since = ago(box.up);
  const health = box.sketch.health ?? "none";
  const nativeState = box.sketch.nativeState ?? `Up${health === "none" ? "" : ` (${health})`}`;
  const pid = Number.parseInt(box.id.slice(0, 4), 16);
  fake.add(
    {
      since,
      nativeState,
      instances: [{ id: box.id, pid, state: nativeState, restarts: box.sketch.restarts ?? 0, since }],
      restartPolicy: RESTART,
      addresses: [box.address],
      ...box.sketch,
    },
    {
      load: { cpu: box.load[0], memory: box.load[1] * MB },
      detail: {
        ...described({ id: box.id, image: box.sketch.source ?? "", network: box.network, address: box.address }),
        environment: box.environment ?? [],
        mounts: box.mounts ?? [],
        files: box.sketch.group
          ? [
              {
                path: `/home/mara/${box.sketch.group}/compose.yml`,
                role: "compose",
                text: composeText(box),
                problem: null,
              },
            ]
          : [],
      },
    },
  );
  if (box.sketch.name !== "wa-scheduler-worker")
    pastLines(fake, box.sketch.name, { step: 30, lines: ["starting", "listening", "info GET /healthz 200 in 3 ms"] });
}

function described(box: { id: string; image: string; network: string; address: string | null }): Partial<Inspection> {
  return {
    native: { Id: box.id, Image: box.image, Driver: "overlay2", Platform: "linux", RestartCount: 0 },
    command: ["docker-entrypoint.sh"],
    workingDirectory: "/app",
    user: "1000",
    networks: [{ name: box.network, address: box.address, aliases: [] }],
    facts: [
      { label: "Image", value: box.image },
      { label: "Digest", value: `sha256:${box.id}` },
      { label: "Restart policy", value: "unless-stopped" },
      { label: "Network", value: `${box.network} ${box.address ?? ""}`.trim() },
    ],
  };
}

function composeText(box: Box): string {
  return `services:\n  ${box.sketch.title}:\n    image: ${box.sketch.source}\n    restart: unless-stopped\n`;
}

function workerLog(fake: FakeSupervisor): void {
  const before = [
    '{"level":"info","msg":"batch b-2290 done","sent":50,"failed":0}',
    '{"level":"warn","msg":"heap 471 MB of 512 MB, rss still rising"}',
  ];
  pastLines(fake, "wa-scheduler-worker", { step: 15, lines: before, end: ago({ minutes: 22, seconds: 1 }) });
  const lines = [
    '{"level":"info","msg":"worker 1.8.2 starting","node":"20.18.0","pid":1}',
    '{"level":"info","msg":"dragonfly connected","address":"wa-net:6379"}',
    '{"level":"warn","msg":"credentials in /data/session rejected (401, logged out)"}',
    '{"level":"warn","msg":"batch b-2292 held until login"}',
    '{"level":"info","msg":"queue depth 18, oldest held 22 min"}',
  ];
  pastLines(fake, "wa-scheduler-worker", { step: 15, lines });
}
