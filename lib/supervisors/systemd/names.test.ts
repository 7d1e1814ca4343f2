import { describe, expect, test } from "vitest";
import { SupervisorError } from "../supervisor.ts";
import { asPattern, checkName, isServiceName, pathOfUnit, serviceOfPath, templateOf } from "./names.ts";

describe("unit names", () => {
  test.each([
    "a.service",
    "a@b:c_d-e.f.service",
    "dev\\x2dx.service",
    "-leading.service",
    `${"n".repeat(247)}.service`,
  ])("%s is one", (name) => {
    expect(checkName(name)).toBe(name);
    expect(serviceOfPath(pathOfUnit(name))).toBe(name);
  });

  test.each([
    "",
    ".service",
    "..service",
    "a",
    "-.mount",
    "a.socket",
    "*.service",
    "a?.service",
    "[a].service",
    "a/b.service",
    "../a.service",
    "a b.service",
    "a.service\n",
    "a\0.service",
    "ä.service",
    "x@.service",
    `${"n".repeat(248)}.service`,
  ])("%j is none", (name) => {
    expect(() => checkName(name)).toThrow(SupervisorError);
    expect(isServiceName(name)).toBe(false);
  });

  test("paths on the bus, as systemd writes them", () => {
    expect(pathOfUnit("systemd-journald.service")).toBe("/org/freedesktop/systemd1/unit/systemd_2djournald_2eservice");
    expect(pathOfUnit("9p@x.service")).toBe("/org/freedesktop/systemd1/unit/_39p_40x_2eservice");
    expect(serviceOfPath("/org/freedesktop/systemd1/unit/_2d_2emount")).toBeNull();
    expect(serviceOfPath("/org/freedesktop/systemd1/job/12")).toBeNull();
    expect(serviceOfPath("/somewhere/else/a_2eservice")).toBeNull();
  });

  test("a name as a pattern matches itself", () => {
    expect(asPattern("dev\\x2dx.service")).toBe("dev\\\\x2dx.service");
  });

  test("templates", () => {
    expect(templateOf("getty@tty1.service")).toBe("getty@.service");
    expect(templateOf("ssh.service")).toBeNull();
  });
});
