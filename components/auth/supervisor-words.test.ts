import { describe, expect, test } from "vitest";
import type { Supervisor } from "#lib/services/service.ts";
import { foundWords, goOnWords, nameOf, worthNaming } from "./supervisor-words.ts";

const since = "2025-11-14T12:32:08Z";
const made = (over: Partial<Supervisor>): Supervisor => ({
  id: "local/systemd",
  kind: "systemd",
  scope: "systemd",
  available: true,
  version: "252",
  channel: "D-Bus",
  error: null,
  total: 83,
  others: 75,
  ...over,
});
const down = (over: Partial<Supervisor>, code: "absent" | "denied" = "denied") =>
  made({ available: false, error: { code, detail: "d", hint: "h", command: null, since }, ...over });

test("nameOf tells the users of PM2 apart", () => {
  expect(nameOf(made({}))).toBe("systemd");
  expect(nameOf(made({ kind: "pm2", scope: "pm2@deploy" }))).toBe("PM2 of deploy");
});

describe("foundWords", () => {
  test("counts what there is, and what failed of its own", () => {
    const services = [
      { scope: "systemd", state: "failed" as const },
      { scope: "docker", state: "failed" as const },
    ];
    expect(foundWords(made({}), services)).toBe("By D-Bus, version 252. 83 units, 1 failed.");
  });

  test("leaves out what is not known", () => {
    const one = made({ kind: "pm2", scope: "pm2@deploy", channel: null, version: null, total: 1 });
    expect(foundWords(one, [])).toBe("1 process.");
    expect(foundWords({ ...one, total: 4 }, [])).toBe("4 processes.");
  });
});

test("worthNaming orders them and leaves an absent Podman out", () => {
  const named = worthNaming([
    down({ kind: "podman", scope: "podman" }, "absent"),
    made({ kind: "docker", scope: "docker" }),
    down({ kind: "pm2", scope: "pm2" }, "absent"),
    made({}),
  ]);
  expect(named.map(({ kind }) => kind)).toEqual(["systemd", "pm2", "docker"]);
});

test("goOnWords names the one that is left behind", () => {
  expect(goOnWords([made({}), down({ kind: "docker", scope: "docker" })])).toBe("Continue without Docker");
  expect(goOnWords([made({})])).toBe("Continue");
  expect(goOnWords([down({}), down({ kind: "docker", scope: "docker" })])).toBe("Continue");
});
