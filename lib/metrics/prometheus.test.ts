import fs from "node:fs";
import { expect, test } from "vitest";
import { type MeasuredService, prometheusText } from "./prometheus.ts";

const service: MeasuredService = {
  ...{ id: "local/docker/web", host: "local", supervisor: "docker", name: 'w"e\\b\n', group: "shop", state: "failed" },
  ...{ health: "unhealthy", restarts: 3, memory: { used: 1000, limit: 2000 }, cpuSeconds: 1.5 },
  moved: { diskRead: 1, diskWrite: 2, networkIn: 3, networkOut: null },
};

const whole = () =>
  prometheusText({
    services: [
      service,
      {
        ...service,
        name: "bare",
        group: null,
        memory: null,
        cpuSeconds: null,
        moved: { diskRead: null, diskWrite: null, networkIn: null, networkOut: 4 },
      },
    ],
    backups: [{ host: "local", supervisor: "docker", service: "db", group: null, at: 5000, bytes: 6 }],
    host: {
      ...{ name: "h", os: null, cores: 2, uptime: 9, rebootDue: false, cpu: 0.5, memory: { used: 1, total: 2 } },
      ...{
        disk: { used: 1, total: 2, path: "/" },
        load: [1, 1, 1],
        network: { in: 1, out: 2 },
        io: { read: 3, write: 4 },
      },
      recent: { step: 60, cpu: [], memory: [], load: [], network: [] },
    },
    disks: [{ path: "/", used: 1, total: 2, fullAt: "2026-11-22T00:00:00.000Z", perDay: 1 }],
  });

test("each figure by its name and labels; what nobody knows has no line", async () => {
  const text = await whole();
  const labels = 'host="local",supervisor="docker",service="w\\"e\\\\b\\n",group="shop"';
  for (const line of [
    `trihelm_service_up{${labels}} 0`,
    `trihelm_service_state{${labels},state="failed"} 1`,
    `trihelm_service_state{${labels},state="running"} 0`,
    `trihelm_service_health{${labels},health="unhealthy"} 1`,
    "# TYPE trihelm_service_restarts_total counter",
    `trihelm_service_restarts_total{${labels}} 3`,
    "# TYPE trihelm_service_cpu_seconds_total counter",
    `trihelm_service_cpu_seconds_total{${labels}} 1.5`,
    "# TYPE trihelm_service_memory_bytes gauge",
    `trihelm_service_network_receive_bytes_total{${labels}} 3`,
    `trihelm_service_disk_written_bytes_total{${labels}} 2`,
    'trihelm_host_filesystem_used_bytes{host="local",path="/"} 1',
    'trihelm_host_disk_read_bytes_per_second{host="local"} 3',
  ])
    expect(text.split("\n")).toContain(line);
  expect(text.match(/^trihelm_service_memory_bytes/gm)?.length).toBe(1);
  expect(text.match(/^trihelm_service_network_transmit_bytes_total/gm)?.length).toBe(1);
});

test("the dashboard asks for no name that is not there, and for every one that is", async () => {
  const names = new Set([...(await whole()).matchAll(/^(trihelm_\w+)\{/gm)].map(([, name]) => name));
  const dashboard = fs.readFileSync(new URL("../../docs/grafana.json", import.meta.url), "utf8");
  const asked = new Set([...dashboard.matchAll(/\btrihelm_\w+/g)].map(([name]) => name));
  expect([...asked].sort()).toEqual([...names].sort());
});
