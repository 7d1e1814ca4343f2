import { describe, expect, test } from "vitest";
import { boardColumns } from "./board-columns.ts";
import { type BoardView, DEFAULT_VIEW } from "./board-view.ts";
import { aService, aSupervisor } from "./testing.ts";

const docker = (name: string, over = {}) => aService(name, { supervisor: "docker", ...over });

function columns(services: ReturnType<typeof aService>[], view: Partial<BoardView> = {}, needy: string[] = []) {
  const supervisors = [aSupervisor("systemd"), aSupervisor("pm2"), aSupervisor("docker")];
  const board = { services, supervisors, needy: new Set(needy) };
  const [systemd, pm2, containers] = boardColumns(board, { ...DEFAULT_VIEW, ...view });
  return { systemd: systemd!, pm2: pm2!, docker: containers! };
}

test("a column of one kind and no groups has no headers", () => {
  const { systemd, pm2 } = columns([aService("b.service"), aService("a.service", { state: "failed" })]);
  expect(systemd.groups).toHaveLength(1);
  expect(systemd.groups[0]).toMatchObject({ head: null, up: 1, total: 2 });
  expect(systemd.groups[0]!.ids).toEqual(["local/systemd/a.service", "local/systemd/b.service"]);
  expect(systemd.counts).toEqual([
    { count: 1, word: "running", tone: "plain" },
    { count: 1, word: "failed", tone: "fail" },
  ]);
  expect(pm2).toMatchObject({ groups: [], shown: 0, counts: [] });
});

test("projects come by name, the worst first, containers without one last", () => {
  const { docker: column } = columns([
    docker("loose"),
    docker("a-1", { group: "a" }),
    docker("b-1", { group: "b", health: "unhealthy" }),
    docker("b-2", { group: "b", state: "stopped" }),
  ]);
  expect(column.groups.map((group) => [group.head?.name, group.head?.word, group.up, group.total])).toEqual([
    ["b", "compose", 1, 2],
    ["a", "compose", 1, 1],
    ["No project", "", 1, 1],
  ]);
  expect(column.counts.map((count) => `${count.count} ${count.word}`)).toEqual(["3 running", "1 unhealthy"]);
});

test("a slice that somebody made is a group, a template's own is none", () => {
  const { systemd } = columns([
    aService("postgresql@16-main.service", { group: "system-postgresql.slice" }),
    aService("gateway.service", { group: "clawdis.slice" }),
  ]);
  expect(systemd.groups.map((group) => group.head)).toEqual([
    { name: "clawdis", word: "slice", named: true },
    { name: "system.slice", word: "", named: false },
  ]);
});

test("daemons of several users are groups of their column, the system's own first", () => {
  const { pm2 } = columns([
    aService("x", { supervisor: "pm2", scope: "pm2@mara" }),
    aService("y", { supervisor: "pm2", scope: "pm2@deploy", group: "shop" }),
    aService("z", { supervisor: "pm2", scope: "pm2" }),
  ]);
  expect(pm2.groups.map((group) => [group.head?.name, group.head?.word])).toEqual([
    ["pm2", ""],
    ["shop", "namespace, pm2@deploy"],
    ["pm2@mara", ""],
  ]);
});

test("Podman shares Docker's column and names it where it is alone", () => {
  const board = { services: [aService("p", { supervisor: "podman" })], needy: new Set<string>() };
  const title = (supervisors: ReturnType<typeof aSupervisor>[]) =>
    boardColumns({ ...board, supervisors }, DEFAULT_VIEW)[2]!.title;
  expect(title([aSupervisor("podman"), aSupervisor("docker", { available: false })])).toBe("Podman");
  expect(title([aSupervisor("podman"), aSupervisor("docker")])).toBe("Docker, Podman");
  expect(title([])).toBe("Docker");
});

describe("filter", () => {
  const failed = aService("mongod.service", { state: "failed" });
  const services = [failed, aService("caddy.service"), aService("cad-helper.service", { listed: false })];

  test("the header counts the column, not what is left of it", () => {
    const { systemd } = columns(services, { q: "mongod" });
    expect(systemd).toMatchObject({ shown: 1, listed: 2 });
    expect(systemd.counts).toHaveLength(2);
    expect(systemd.groups[0]).toMatchObject({ up: 1, total: 2 });
  });

  test("hidden units that would match are counted, so that nobody looks in vain", () => {
    expect(columns(services, { q: "cad" }).systemd).toMatchObject({ shown: 1, hidden: 1, hiddenMatches: 1 });
    expect(columns(services, { q: "cad", all: true }).systemd).toMatchObject({ shown: 2, hidden: 0 });
  });

  test("by need", () => {
    expect(columns(services, { state: "needs" }, [failed.id]).systemd.groups[0]!.ids).toEqual([failed.id]);
  });
});

test("a column where nothing runs says how many are stopped", () => {
  const { docker: column } = columns([docker("a", { state: "stopped" }), docker("b", { state: "stopped" })]);
  expect(column.counts).toEqual([{ count: 2, word: "stopped", tone: "plain" }]);
});
