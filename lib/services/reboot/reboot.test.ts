import { describe, expect, test } from "vitest";
import type { BootUnit } from "#lib/supervisors/boot.ts";
import { bootConcernsOf as dockerConcerns } from "#lib/supervisors/docker/boot-concerns.ts";
import { parseDetail } from "#lib/supervisors/docker/parse.ts";
import {
  bootedByOf,
  parseSaved,
  bootConcernsOf as pm2Concerns,
  saveCommand,
} from "#lib/supervisors/pm2/boot-concerns.ts";
import { parseProcesses } from "#lib/supervisors/pm2/parse.ts";
import { bootConcernsOf as unitConcerns } from "#lib/supervisors/systemd/boot-concerns.ts";
import { circleConcerns, circlesIn } from "#lib/supervisors/systemd/order.ts";
import { unitOf } from "#lib/supervisors/systemd/unit.ts";
import { broughtUpConcerns } from "./brought-up.ts";

test("containers: by their restart policy, and those that somebody stopped", () => {
  const container = (status: string, policy: string, startedAt = "2026-11-21T10:00:00Z") => ({
    detail: parseDetail({
      State: { Status: status, StartedAt: startedAt },
      HostConfig: { RestartPolicy: { Name: policy, MaximumRetryCount: 0 } },
    }),
  });
  const known = new Map([
    ["none", container("running", "no")],
    ["some", container("paused", "on-failure")],
    ["fine", container("running", "unless-stopped")],
    ["over", container("exited", "no")],
    ["hand", container("exited", "unless-stopped")],
    ["new", container("created", "unless-stopped", "0001-01-01T00:00:00Z")],
  ]);
  expect(dockerConcerns(known, "docker").map(({ name, kind, command }) => [name, kind, command])).toEqual([
    ["none", "no-restart-policy", "docker update --restart unless-stopped none"],
    ["some", "no-restart-policy", "docker update --restart unless-stopped some"],
    ["hand", "stopped-by-hand", "docker start hand"],
  ]);
});

describe("PM2: what runs beside what is saved", () => {
  const app = (name: string, more: object = {}) => ({
    ...{ pid: 9, name, pm_id: 0 },
    pm2_env: { status: "online", pm_exec_path: "/srv/a.js", ...more },
  });
  const saved = (name: string, more: object = {}) => ({
    name,
    status: "online",
    pm_exec_path: "/srv/a.js",
    env: { SECRET: "x" },
    ...more,
  });
  const concerns = (apps: object[], dump: object[] | null) => {
    const members = parseProcesses(apps);
    const byName = Map.groupBy(members, ({ name }) => name);
    return pm2Concerns(byName, dump && parseSaved(JSON.stringify(dump)), "pm2 save").map(({ name, kind, words }) => [
      name,
      kind,
      words,
    ]);
  };

  test.each<[string, object[], object[] | null, unknown[]]>([
    ["as saved", [app("a")], [saved("a")], []],
    ["never saved", [app("a")], null, [["a", "not-saved", expect.stringContaining("does not come back")]]],
    [
      "more than saved",
      [app("a"), app("a")],
      [saved("a")],
      [["a", "save-out-of-date", "2 of its processes run, and 1 are saved: so many come back."]],
    ],
    [
      "another script",
      [app("a")],
      [saved("a", { pm_exec_path: "/old.js" })],
      [["a", "save-out-of-date", expect.stringContaining("`/old.js`")]],
    ],
    [
      "saved stopped",
      [app("a")],
      [saved("a", { status: "stopped" })],
      [["a", "save-out-of-date", expect.stringContaining("comes back stopped")]],
    ],
    [
      "stopped now",
      [app("a", { status: "stopped" })],
      [saved("a")],
      [["a", "save-out-of-date", expect.stringContaining("started at boot")]],
    ],
    ["removed", [], [saved("gone")], [[null, "save-out-of-date", expect.stringContaining("`gone`")]]],
    ["a module", [app("m", { pmx_module: true })], null, []],
    [
      "of another namespace",
      [app("a", { namespace: "b" })],
      [saved("a")],
      [
        ["a", "not-saved", expect.anything()],
        [null, "save-out-of-date", expect.anything()],
      ],
    ],
  ])("%s", (_, apps, dump, found) => {
    expect(concerns(apps, dump)).toEqual(found);
  });

  test("what PM2 did not write is refused, and commands are quoted", () => {
    expect(() => parseSaved("{}")).toThrow(/not what/);
    expect(saveCommand("/home/o'neil/pm2", "deploy")).toBe(
      "sudo -iu deploy env PM2_HOME='/home/o'\\''neil/pm2' pm2 save",
    );
    expect(bootedByOf("/home/deploy/.pm2", "deploy").install).toBe(
      "sudo env PATH=$PATH pm2 startup systemd -u deploy --hp /home/deploy",
    );
  });
});

describe("systemd", () => {
  const running = (name: string, properties: object) => ({
    unit: unitOf(name, { LoadState: "loaded", ActiveState: "active", UnitFileState: "enabled", ...properties }),
    properties: properties as never,
  });
  const row = (name: string, load: string, active: string) => ({
    ...{ name, load, active },
    description: "",
    sub: "",
    job: "",
  });
  const needed = new Map([
    ["db.service", row("db.service", "loaded", "failed")],
    ["gone.service", row("gone.service", "not-found", "inactive")],
    ["ok.service", row("ok.service", "loaded", "inactive")],
  ]);

  test.each<[object, unknown]>([
    [{}, []],
    [{ UnitFileState: "disabled" }, [["disabled", "sudo systemctl enable -- a.service"]]],
    [{ UnitFileState: "disabled", TriggeredBy: ["a.timer"] }, []],
    [{ UnitFileState: "static", WantedBy: ["b.service"] }, []],
    [{ UnitFileState: "static" }, [["disabled", "sudo systemctl add-wants multi-user.target a.service"]]],
    [{ UnitFileState: "generated" }, []],
    [
      { UnitFileState: "enabled-runtime", WantedBy: ["multi-user.target"] },
      [["disabled", "sudo systemctl enable -- a.service"]],
    ],
    [{ LoadState: "masked" }, [["masked", "sudo systemctl unmask -- a.service && sudo systemctl enable -- a.service"]]],
    [{ Transient: true }, [["disabled", null]]],
    [{ Requires: ["ok.service", "db.service"] }, [["waits-for-stopped", "sudo systemctl restart -- db.service"]]],
    [{ BindsTo: ["gone.service"] }, [["waits-for-stopped", null]]],
    [{ Requires: ["ok.service"] }, []],
  ])("%j", (properties, found) => {
    const concerns = unitConcerns([running("a.service", properties)], needed, "sudo systemctl");
    expect(concerns.map(({ kind, command }) => [kind, command])).toEqual(found);
  });

  test("circles: the shortest of each knot, and none of what only waits for one", () => {
    const order = new Map([
      ["a.service", ["b.target", "x.service"]],
      ["b.target", ["c.service"]],
      ["c.service", ["a.service", "gone.service"]],
      ["x.service", ["b.target"]],
      ["late.service", ["a.service"]],
      ["first.service", []],
    ]);
    const circles = circlesIn(order);
    expect(circles).toEqual([["a.service", "b.target", "c.service"]]);
    expect(circleConcerns(circles)[0]?.words).toBe(
      "`a.service` waits for `b.target`, which waits for `c.service`, which waits for `a.service`: systemd leaves one of them out at boot.",
    );
    expect(
      circlesIn(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", []],
        ]),
      ),
    ).toEqual([]);
  });
});

test("what brings a supervisor up: missing, not enabled, for another home, with a part that is masked", () => {
  const unit = (state: string, more: Partial<BootUnit> = {}): BootUnit => ({
    state,
    environment: new Map(),
    pulls: [],
    ...more,
  });
  const pm2 = bootedByOf("/home/deploy/.pm2", "deploy");
  const kinds = (...at: Parameters<typeof broughtUpConcerns>) =>
    broughtUpConcerns(...at).map(({ kind, command }) => [kind, command]);
  expect(kinds(pm2, "pm2", { main: null, beside: [] })).toEqual([["no-startup", pm2.install]]);
  const other = {
    name: "pm2-deploy.service",
    unit: unit("enabled", { environment: new Map([["PM2_HOME", "/root/.pm2"]]) }),
  };
  expect(kinds(pm2, "pm2", { main: other, beside: [] })).toEqual([["startup-out-of-date", pm2.install]]);
  const engine = { ...pm2, units: ["docker.service"], variable: null, kind: "engine-disabled", install: null } as const;
  const beside = [{ name: "containerd.service", unit: unit("disabled") }];
  const pulled = { name: "docker.service", unit: unit("enabled", { pulls: ["containerd.service"] }) };
  expect(kinds(engine, "docker", { main: pulled, beside })).toEqual([]);
  expect(kinds(engine, "docker", { main: { ...pulled, unit: unit("disabled") }, beside })).toEqual([
    ["engine-disabled", "sudo systemctl enable docker.service"],
    ["engine-disabled", "sudo systemctl enable containerd.service"],
  ]);
});
