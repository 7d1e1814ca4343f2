import { describe, expect, test } from "vitest";
import type { Supervisor } from "#lib/services/service.ts";
import { boardColumns } from "./board-columns.ts";
import { DEFAULT_VIEW } from "./board-view.ts";
import { emptySaying, footerSaying, troubled, troubleSaying } from "./column-words.ts";
import { aService, aSupervisor } from "./testing.ts";

function column(helm: number, supervisors: Supervisor[], services: ReturnType<typeof aService>[] = [], view = {}) {
  return boardColumns({ services, supervisors, needy: new Set() }, { ...DEFAULT_VIEW, ...view })[helm]!;
}

const error = (code: "absent" | "denied" | "unreachable") => ({
  available: false,
  error: { code, detail: "d", hint: "h", command: null, since: "2025-11-14T14:30:04.000Z" },
});

describe("trouble", () => {
  test.each([
    ["absent", "Docker is not here", "not here"],
    ["denied", "Trihelm may not read Docker", "no permission"],
    ["unreachable", "Trihelm cannot reach Docker", "unreachable"],
  ] as const)("%s", (code, title, word) => {
    expect(troubleSaying(aSupervisor("docker", error(code)), "docker")).toMatchObject({ title, word });
  });

  test("of one user's daemon names the user", () => {
    expect(troubleSaying(aSupervisor("pm2", { ...error("denied"), scope: "pm2@mara" }), "pm2").title).toBe(
      "Trihelm may not read PM2 of mara",
    );
  });

  test("an absent Podman beside Docker is no trouble, two absent ones are one", () => {
    const podman = aSupervisor("podman", error("absent"));
    expect(troubled(column(2, [aSupervisor("docker"), podman]))).toEqual([]);
    const docker = aSupervisor("docker", error("absent"));
    expect(troubled(column(2, [docker, podman]))).toEqual([docker]);
    const lost = aSupervisor("docker", error("unreachable"));
    expect(troubled(column(2, [lost, podman]))).toEqual([lost]);
  });
});

test("an empty column names what is missing and the command that fills it", () => {
  const pm2 = column(1, [aSupervisor("pm2", { scope: "pm2@deploy" })]);
  expect(emptySaying(pm2, "hel-1")).toEqual({
    title: "No processes yet",
    text: "PM2 runs as deploy on hel-1 and has nothing to show. Start one, it appears here at once.",
    command: "pm2 start app.js --name my-app",
  });
  const units = column(0, [aSupervisor("systemd")], [aService("dbus.service", { listed: false })]);
  expect(emptySaying(units, "hel-1").text).toContain("systemd runs 1 unit on hel-1");
});

describe("footer", () => {
  const services = [1, 2, 3].map((n) => aService(`dist-${n}.service`, { listed: false }));
  const supervisors = [aSupervisor("systemd", { others: 3 })];

  test("counts what is not shown", () => {
    expect(footerSaying(column(0, supervisors, services), DEFAULT_VIEW)).toEqual({
      text: "3 more units, none failed",
      link: "Show all units",
    });
  });

  test("with a filter, only what would match", () => {
    const of = (q: string) => footerSaying(column(0, supervisors, services, { q }), { q, all: false });
    expect(of("dist-2")).toEqual({ text: "1 of 3 more units match", link: "Show all units" });
    expect(of("zzz")).toBeNull();
  });

  test("with all shown, the way back", () => {
    const all = column(0, supervisors, services, { all: true });
    expect(footerSaying(all, { q: "", all: true })).toEqual({
      text: "All 3 units, those of the system too",
      link: "Show fewer",
    });
    expect(footerSaying(column(2, [aSupervisor("docker")]), { q: "", all: true })).toBeNull();
  });
});
