import { expect, test } from "vitest";
import { isListed } from "./listed.ts";
import { unitOfRow } from "./record.ts";
import type { Unit } from "./unit.ts";

const LIB = "/lib/systemd/system/";
const ETC = "/etc/systemd/system/";

const unit = (name: string, change: Partial<Unit>): Unit => ({
  ...unitOfRow({ name, description: "", load: "loaded", active: "active", sub: "running", job: "" }, null),
  type: "simple",
  ...change,
});

test.each<[string, string, Partial<Unit>, boolean]>([
  ["written by an administrator", "shop.service", { fragment: `${ETC}shop.service` }, true],
  [
    "the same, stopped and disabled",
    "shop.service",
    { fragment: `${ETC}shop.service`, active: "inactive", fileState: "disabled" },
    true,
  ],
  ["under /usr/local", "shop.service", { fragment: "/usr/local/lib/systemd/system/shop.service" }, true],
  ["a user's own", "shop.service", { fragment: "/home/alice/.config/systemd/user/shop.service" }, true],
  [
    "an administrator's job that has ended",
    "backup.service",
    { fragment: `${ETC}backup.service`, type: "oneshot", active: "inactive" },
    true,
  ],
  ["enabled by its package", "ssh.service", { fragment: `${LIB}ssh.service`, fileState: "enabled" }, true],
  [
    "an instance that a generator enabled",
    "postgresql@15-main.service",
    { fragment: `${LIB}postgresql@.service`, fileState: "enabled-runtime" },
    true,
  ],
  [
    "not enabled, though it runs",
    "packagekit.service",
    { fragment: `${LIB}packagekit.service`, fileState: "static" },
    false,
  ],
  [
    "a boot step of the distribution's",
    "e2scrub_reap.service",
    { fragment: `${LIB}e2scrub_reap.service`, fileState: "enabled", type: "oneshot" },
    false,
  ],
  [
    "plumbing, enabled",
    "systemd-timesyncd.service",
    { fragment: `${LIB}systemd-timesyncd.service`, fileState: "enabled" },
    false,
  ],
  ["a console", "getty@tty1.service", { fragment: `${LIB}getty@.service`, fileState: "enabled" }, false],
  ["the bus", "dbus.service", { fragment: `${LIB}dbus.service`, fileState: "static" }, false],
  [
    "plumbing that failed",
    "systemd-networkd.service",
    { fragment: `${LIB}systemd-networkd.service`, active: "failed" },
    true,
  ],
  ["a user's session", "user@1000.service", { fragment: `${LIB}user@.service`, fileState: "static" }, false],
  [
    "a drop-in by an administrator",
    "packagekit.service",
    {
      fragment: `${LIB}packagekit.service`,
      fileState: "static",
      dropIns: ["/etc/systemd/system/packagekit.service.d/limits.conf"],
    },
    true,
  ],
  [
    "a drop-in by a package",
    "packagekit.service",
    {
      fragment: `${LIB}packagekit.service`,
      fileState: "static",
      dropIns: ["/usr/lib/systemd/system/service.d/10-oom.conf"],
    },
    false,
  ],
  [
    "started with systemd-run",
    "run-r1.service",
    { fragment: "/run/systemd/transient/run-r1.service", transient: true },
    true,
  ],
  [
    "generated from an administrator's file",
    "web.service",
    { fragment: "/run/systemd/generator/web.service", sourcePath: "/etc/containers/systemd/web.container" },
    true,
  ],
  [
    "an init script that runs",
    "old.service",
    { fragment: "/run/systemd/generator.late/old.service", sourcePath: "/etc/init.d/old", fileState: "generated" },
    true,
  ],
  [
    "an init script that does not",
    "old.service",
    {
      fragment: "/run/systemd/generator.late/old.service",
      sourcePath: "/etc/init.d/old",
      fileState: "generated",
      active: "inactive",
    },
    false,
  ],
  ["masked", "docker.service", { fragment: `${ETC}docker.service`, load: "masked", active: "inactive" }, false],
  ["masked, but it runs", "docker.service", { fragment: `${ETC}docker.service`, load: "masked" }, true],
  [
    "with an error in its file",
    "shop.service",
    { fragment: `${LIB}shop.service`, load: "bad-setting", active: "inactive" },
    true,
  ],
])("%s: %s", (_, name, change, listed) => {
  expect(isListed(unit(name, change))).toBe(listed);
});
