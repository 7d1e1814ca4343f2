import { describe, expect, test } from "vitest";
import type { End } from "./ends.ts";
import inspected from "./fixtures/inspect.json" with { type: "json" };
import list from "./fixtures/list.json" with { type: "json" };
import { dependentsOf, type Listed, parseDetail, parseEntry, toRecord } from "./parse.ts";
import type { ContainerInspect, ListEntry } from "./shapes.ts";

const entries = list as ListEntry[];
const details = inspected as unknown as Record<string, ContainerInspect>;
const entry = (name: string) => entries.find((e) => e.Names?.[0] === `/${name}`)!;
const listed = (name: string, over: ListEntry = {}) => parseEntry({ ...entry(name), ...over })!;

function record(name: string, end: Partial<End> | null = null, state: object = {}, host: object = {}) {
  const inspect = details[name]!;
  const detail = parseDetail({
    ...inspect,
    State: { ...inspect.State, ...state },
    HostConfig: { ...inspect.HostConfig, ...host },
  });
  const whole = { at: 0, code: null, oomKilled: false, signals: [], stopped: false, ...end };
  return toRecord(listed(name), detail, end && whole, []);
}

describe("records from a real engine", () => {
  test("a compose service that runs and is healthy", () => {
    expect(record("dk-web")).toMatchObject({
      name: "dk-web",
      title: "api",
      group: "wa-scheduler",
      state: "running",
      nativeState: "Up {age} (healthy)",
      health: "healthy",
      since: "2026-11-21T11:15:34.892Z",
      restarts: 0,
      lastExit: null,
      memoryLimit: 64 * 1024 * 1024,
      restartPolicy: { policy: "unless-stopped", delay: null, limit: null, window: null },
      startsAtBoot: true,
      source: "trihelm-dk:base",
      reason: null,
      addresses: ["172.17.0.2"],
    });
    expect(record("dk-web").ports).toEqual([
      { protocol: "tcp", address: "127.0.0.1", port: 18080, target: 80 },
      { protocol: "udp", address: "::", port: 18081, target: 81 },
      { protocol: "udp", address: "0.0.0.0", port: 18081, target: 81 },
    ]);
  });

  test.each([
    [
      "dk-sick",
      null,
      { state: "running", health: "unhealthy", nativeState: "Up {age} (unhealthy)", reason: "bad thing" },
    ],
    ["dk-zero", null, { state: "stopped", nativeState: "Exited (0) {age} ago", reason: null }],
    ["dk-crash", null, { state: "failed", nativeState: "Exited (3) {age} ago", reason: "Exit 3" }],
    [
      "dk-loop",
      null,
      { state: "restarting", nativeState: "Restarting (7) {age} ago", reason: "Exit 7", startsAtBoot: true },
    ],
    ["dk-paused", null, { state: "paused", nativeState: "Up {age} (Paused)", reason: null }],
    [
      "dk-stopped",
      { stopped: true, code: 137 },
      { state: "stopped", nativeState: "Exited (137) {age} ago", reason: null },
    ],
    ["dk-stopped", { signals: [9], code: 137 }, { state: "failed", reason: "Killed by SIGKILL (exit 137)" }],
    ["dk-oom", { code: 137, oomKilled: true }, { state: "failed" }],
    ["dk-tty", null, { state: "running", nativeState: "Up {age}", health: "none" }],
    ["dk-created", null, { state: "stopped", nativeState: "Created", lastExit: null }],
    ["dk-noexec", null, { state: "failed", nativeState: "Created", lastExit: null }],
  ] as const)("%s ended by %o", (name, end, expected) => {
    expect(record(name, end as Partial<End> | null)).toMatchObject(expected);
  });

  test("an OOM kill names the limit, said by the engine or by events", () => {
    const reason = "Killed by the kernel at its 16 MB memory limit (oom-kill)";
    expect(record("dk-oom", { code: 137, oomKilled: true })).toMatchObject({ reason, lastExit: { oomKilled: true } });
    expect(record("dk-oom", null, { OOMKilled: true })).toMatchObject({ state: "failed", reason });
    expect(record("dk-oom", null, { OOMKilled: true }, { Memory: 0 }).reason).toMatch(/ran out of memory/);
  });

  test("the last exit has code, signal and time, and survives a restart through events", () => {
    expect(record("dk-crash").lastExit).toEqual({
      code: 3,
      signal: null,
      oomKilled: false,
      at: "2026-11-21T11:15:35.774Z",
    });
    expect(record("dk-stopped").lastExit).toMatchObject({ code: 137, signal: "SIGKILL" });
    const again = { Status: "running", ExitCode: 0 };
    expect(record("dk-loop", { code: 7 }, again)).toMatchObject({ state: "running", lastExit: { code: 7 } });
    expect(record("dk-loop", null, again).lastExit).toMatchObject({ code: null });
  });

  test("a container that left its restart policy behind was stopped by somebody", () => {
    const policy = (Name: string, MaximumRetryCount = 0) => ({ RestartPolicy: { Name, MaximumRetryCount } });
    expect(record("dk-crash", null, {}, policy("unless-stopped")).state).toBe("stopped");
    expect(record("dk-crash", null, {}, policy("on-failure", 5)).state).toBe("stopped");
    expect(record("dk-loop", null, { Status: "exited" }, policy("on-failure", 1)).state).toBe("failed");
    expect(record("dk-crash", { code: 3 }, {}, policy("unless-stopped")).state).toBe("failed");
  });
});

describe("one line of the list", () => {
  test.each([
    ["Up 3 minutes (healthy)", "Up {age} (healthy)"],
    ["Up About an hour (health: starting)", "Up {age} (health: starting)"],
    ["Up Less than a second", "Up {age}"],
    ["Up 5 days (Paused)", "Up {age} (Paused)"],
    ["Exited (137) 2 weeks ago", "Exited (137) {age} ago"],
    ["Restarting (1) 4 seconds ago", "Restarting (1) {age} ago"],
    ["Removal In Progress", "Removal In Progress"],
    ["Created", "Created"],
    ["Dead", "Dead"],
    ["", "running"],
  ])("%s is %s, whatever its age", (Status, native) => {
    expect(listed("dk-web", { Status }).nativeState).toBe(native);
  });

  test.each([
    ["Up Less than a second", 0, 1],
    ["Up 1 second", 1, 2],
    ["Exited (1) 59 seconds ago", 59, 60],
    ["Up About a minute", 60, 120],
    ["Up 3 minutes (healthy)", 180, 240],
    ["Up About an hour", 1800, 7200],
    ["Exited (0) 2 weeks ago", 907_200, 1_814_400],
  ])("the age in %s lies between %i and %i seconds", (Status, least, most) => {
    expect(listed("dk-web", { Status }).age).toEqual({ least, most });
  });

  test("a mere age is no difference, health and state are", () => {
    const print = (Status: string, State = "running") => listed("dk-web", { Status, State }).fingerprint;
    expect(print("Up 3 minutes (healthy)")).toBe(print("Up 4 minutes (healthy)"));
    expect(print("Up 3 minutes (healthy)")).not.toBe(print("Up 3 minutes (unhealthy)"));
    expect(print("Up 3 minutes")).not.toBe(print("Up 3 minutes", "paused"));
  });

  test("links, missing names and missing parts", () => {
    expect(listed("dk-web", { Names: ["/other/alias", "/real"] }).name).toBe("real");
    expect(listed("dk-web", { Names: null }).name).toBe("c1745a7e148c");
    expect(parseEntry({ Id: "a".repeat(64) })).toMatchObject({ ports: [], addresses: [], nativeState: "unknown" });
    expect(parseEntry({})).toBeNull();
  });

  test("labels are cleaned before anybody reads them", () => {
    const Labels = {
      "com.docker.compose.service": "\u001b[31mred\u0007\u202e\nsecond",
      "com.docker.compose.project": "\u001b]0;title\u0007p\u200br",
    };
    expect(listed("dk-web", { Labels })).toMatchObject({ title: "red", project: "pr" });
  });

  test("ports: repeated ones once, unpublished and unknown ones not", () => {
    const Ports = [
      { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      { IP: "", PrivatePort: 81, PublicPort: 81, Type: "tcp" },
      { PrivatePort: 90, Type: "tcp" },
      { IP: "::", PrivatePort: 99, PublicPort: 99, Type: "sctp" },
    ];
    expect(listed("dk-web", { Ports }).ports).toEqual([
      { protocol: "tcp", address: "0.0.0.0", port: 81, target: 81 },
      { protocol: "tcp", address: "0.0.0.0", port: 8080, target: 80 },
    ]);
  });
});

test("dependents are compose's depends_on reversed, within the project only", () => {
  const idOf = (name: string) => Buffer.from(name).toString("hex").padEnd(64, "0");
  const one = (name: string, project: string, service: string, needs: string): Listed =>
    parseEntry({
      Id: idOf(name),
      Names: [`/${name}`],
      Labels: {
        "com.docker.compose.project": project,
        "com.docker.compose.service": service,
        "com.docker.compose.depends_on": needs,
      },
    })!;
  const all = [
    one("api-1", "wa", "api", "db:service_healthy:true,cache:service_started:false"),
    one("worker-1", "wa", "worker", "db"),
    one("db-1", "wa", "db", ""),
    one("cache-1", "wa", "cache", ""),
    one("other-db", "elsewhere", "db", ""),
  ];
  const found = dependentsOf(all);
  const of = (name: string) => found.get(idOf(name)) ?? [];
  expect(of("db-1")).toEqual(["api-1", "worker-1"]);
  expect(of("cache-1")).toEqual(["api-1"]);
  expect(of("other-db")).toEqual([]);
  expect(of("api-1")).toEqual([]);
});

test("an entry whose id is none is no container", () => {
  for (const Id of ["../info", "a".repeat(65), "A".repeat(64), "", "short"])
    expect(parseEntry({ Id, Names: ["/x"] })).toBeNull();
});
