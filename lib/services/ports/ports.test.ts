import { describe, expect, test } from "vitest";
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import { claimSockets as dockerClaims } from "#lib/supervisors/docker/socket-claims.ts";
import { claimSockets as pm2Claims } from "#lib/supervisors/pm2/socket-claims.ts";
import type { Port, ServiceRecord } from "#lib/supervisors/supervisor.ts";
import { portOf, claimSockets as unitClaims } from "#lib/supervisors/systemd/socket-claims.ts";
import { conflictsAmong, type Wanted } from "./conflicts.ts";
import { rowsOf } from "./items.ts";

const CONTAINER = "c0ffee".repeat(11).slice(0, 64);
const port = (at: number, address = "0.0.0.0", target: number | null = null): Port => ({
  ...{ protocol: "tcp", address },
  port: at,
  target,
});
const socket = (at: number, holder: Partial<HeldSocket["holder"]> | null, address = "0.0.0.0"): HeldSocket => ({
  ...{ protocol: "tcp", address, port: at },
  holder: holder && { pid: 50, command: "x", ancestors: [1], cgroups: [], ...holder },
});
const record = (name: string, more: Partial<ServiceRecord>) => ({ name, ports: [], instances: [], ...more }) as never;

describe("whose a socket is", () => {
  test("a container's own process, also on the host's network, and what passes a published port on", () => {
    const web = record("web", { ports: [port(8080, "0.0.0.0", 80)] });
    const sockets = [
      socket(9000, { cgroups: [`/system.slice/docker-${CONTAINER}.scope/init`] }),
      socket(8080, { command: "docker-proxy", cgroups: ["/system.slice/docker.service"] }),
      socket(8080, { command: "docker-proxy" }, "127.0.0.1"),
      socket(8080, { command: "nginx" }),
    ];
    expect(dockerClaims(sockets, [web], () => CONTAINER).map((claim) => claim && [claim.name, claim.target])).toEqual([
      ["web", null],
      ["web", 80],
      null,
      null,
    ]);
  });

  test("of the unit whose cgroup is nearest, and of the one that a socket unit starts", () => {
    const units = new Map([
      ["/user.slice/user-0.slice/user@0.service", "user@0.service"],
      ["/user.slice/user-0.slice/user@0.service/app.slice/a.service", "a.service"],
    ]);
    const planned = new Map([["ssh.service", [port(22, "::")]]]);
    const sockets = [
      socket(1, { cgroups: ["/user.slice/user-0.slice/user@0.service/app.slice/a.service/sub"] }),
      socket(22, { pid: 1 }, "::"),
      socket(23, { pid: 1 }, "::"),
      socket(2, { cgroups: ["/user.slice/user-0.slice/session-1.scope"] }),
    ];
    expect(unitClaims(sockets, units, planned).map((claim) => claim?.name ?? null)).toEqual([
      "a.service",
      "ssh.service",
      null,
      null,
    ]);
    expect(portOf("Stream", "[::]:22")).toEqual([port(22, "::")]);
    expect(portOf("Datagram", "127.0.0.1:53")[0]).toMatchObject({ protocol: "udp", port: 53 });
    expect(portOf("Stream", "/run/docker.sock")).toEqual([]);
  });

  test("of the app that a process descends from, and of the cluster that the daemon listens for", () => {
    const apps = [
      record("api", { instances: [{ id: "0", pid: 40 }] as never }),
      record("cluster", { instances: [{ id: "1", pid: 41 }] as never, ports: [port(3000, "::")] }),
    ];
    const sockets = [
      socket(1, { pid: 60, ancestors: [55, 40, 7, 1] }),
      socket(3000, { pid: 7 }, "::"),
      socket(3001, { pid: 7 }, "::"),
    ];
    expect(pm2Claims(sockets, apps, 7).map((claim) => claim?.name ?? null)).toEqual(["api", "cluster", null]);
  });
});

const open = { tables: [], outside: ["eth0"], networks: [{ name: "docker0", address: "172.17.0.1", bits: 16 }] };

test("rows: one for each owner of a place; a stray process by its name, without what a terminal would obey", () => {
  const web = { id: "local/docker/web", name: "web", target: 80 };
  const rows = rowsOf(
    [
      { service: web, socket: socket(8080, { pid: 9 }) },
      { service: web, socket: socket(8080, { pid: 9 }) },
      { service: null, socket: socket(25, { command: "ev\u001b[31mil", pid: 77 }, "127.0.0.1") },
      { service: null, socket: socket(53, null, "172.17.0.1") },
    ],
    [
      { service: web, port: port(8080, "0.0.0.0", 80) },
      { service: web, port: port(8080, "::", 80) },
    ],
    open,
  );
  expect(rows.map(({ address, port: at, owner, reach }) => [address, at, owner.name, owner.target, reach])).toEqual([
    ["127.0.0.1", 25, "ev?[31mil (77)", null, "local"],
    ["172.17.0.1", 53, "an unknown process", null, "local"],
    ["::", 8080, "web", 80, "network"],
    ["0.0.0.0", 8080, "web", 80, "network"],
  ]);
});

describe("conflicts", () => {
  const held = rowsOf(
    [
      { service: { id: "a", name: "a", target: null }, socket: socket(80, {}) },
      { service: null, socket: socket(6379, { command: "redis-server", pid: 4711 }, "127.0.0.1") },
    ],
    [],
    open,
  );
  const want = (id: string, at: number, more: Partial<Wanted> & { address?: string } = {}): Wanted => ({
    ...{ id, name: id, port: port(at, more.address), by: "set" },
    ...more,
  });

  test.each<[string, Wanted[], string[]]>([
    ["held by another service", [want("b", 80)], ["`a` has 0.0.0.0:80: `b` would not get it when it is started."]],
    [
      "held by a stray process on a narrower address",
      [want("b", 6379, { by: "last" })],
      ["`redis-server (4711)` has 127.0.0.1:6379: `b` would not get it when it is started."],
    ],
    ["its own", [want("a", 80)], []],
    ["elsewhere", [want("b", 81), want("c", 6379, { address: "10.0.0.1" })], []],
    [
      "two that are set for one port",
      [want("b", 81), want("c", 81, { address: "::" })],
      ["`b` and `c` are set to listen on [::]:81: whichever is started second does not get it."],
    ],
    ["two that listened there one after the other", [want("b", 81, { by: "last" }), want("c", 81, { by: "last" })], []],
    ["the other protocol", [want("b", 80, { port: { ...port(80), protocol: "udp" } })], []],
  ])("%s", (_, wanted, words) => {
    expect(conflictsAmong(held, wanted).map((one) => one.words)).toEqual(words);
  });
});
