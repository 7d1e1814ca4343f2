import { describe, expect, test } from "vitest";
import { SERVICE_STATES } from "../supervisor.ts";
import { STATES, stateOf } from "./states.ts";

/** From systemd's own table of service states, each with the ActiveState that systemd derives from it. */
const DOCUMENTED = [
  ["inactive", "dead", "stopped"],
  ["activating", "condition", "starting"],
  ["activating", "start-pre", "starting"],
  ["activating", "start", "starting"],
  ["activating", "start-post", "starting"],
  ["active", "running", "running"],
  ["active", "exited", "running"],
  ["reloading", "reload", "running"],
  ["reloading", "reload-signal", "running"],
  ["reloading", "reload-notify", "running"],
  ["reloading", "reload-post", "running"],
  ["refreshing", "mounting", "running"],
  ["refreshing", "refresh-extensions", "running"],
  ["refreshing", "refresh-credentials", "running"],
  ["deactivating", "stop", "stopping"],
  ["deactivating", "stop-watchdog", "stopping"],
  ["deactivating", "stop-sigterm", "stopping"],
  ["deactivating", "stop-sigkill", "stopping"],
  ["deactivating", "stop-post", "stopping"],
  ["deactivating", "final-watchdog", "stopping"],
  ["deactivating", "final-sigterm", "stopping"],
  ["deactivating", "final-sigkill", "stopping"],
  ["failed", "failed", "failed"],
  ["inactive", "dead-before-auto-restart", "restarting"],
  ["failed", "failed-before-auto-restart", "restarting"],
  ["inactive", "dead-resources-pinned", "stopped"],
  ["activating", "auto-restart", "restarting"],
  ["activating", "auto-restart-queued", "restarting"],
  ["maintenance", "cleaning", "stopping"],
  // of Type=idle
  ["active", "condition", "starting"],
  ["active", "start-pre", "starting"],
  ["active", "start", "starting"],
  ["active", "start-post", "starting"],
] as const;

describe("states of a service", () => {
  test.each(DOCUMENTED)("%s (%s) is %s", (active, sub, state) => {
    expect(stateOf({ load: "loaded", active, sub })).toBe(state);
  });

  test("the table has these rows and no others", () => {
    expect(Object.keys(STATES).sort()).toEqual(DOCUMENTED.map(([active, sub]) => `${active}/${sub}`).sort());
    for (const state of Object.values(STATES)) expect(SERVICE_STATES).toContain(state);
  });

  test("nothing that activates or deactivates looks fine", () => {
    for (const [pair, state] of Object.entries(STATES))
      if (/^(activating|deactivating|maintenance|failed)/.test(pair)) expect(state, pair).not.toBe("running");
  });

  test.each([
    ["active", "something-new", "running"],
    ["activating", "something-new", "starting"],
    ["deactivating", "something-new", "stopping"],
    ["failed", "something-new", "failed"],
    ["something-new", "dead", "unknown"],
    ["", "", "unknown"],
  ])("newer than the table: %s (%s) is %s", (active, sub, state) => {
    expect(stateOf({ load: "loaded", active, sub })).toBe(state);
  });

  test.each([
    ["masked", "inactive", "dead", "stopped"],
    ["masked", "active", "running", "running"],
    ["not-found", "inactive", "dead", "stopped"],
    ["not-found", "active", "running", "running"],
    ["not-found", "failed", "failed", "failed"],
    ["error", "inactive", "dead", "failed"],
    ["bad-setting", "inactive", "dead", "failed"],
    ["bad-setting", "active", "running", "running"],
  ])("load state %s, %s (%s) is %s", (load, active, sub, state) => {
    expect(stateOf({ load, active, sub })).toBe(state);
  });

  test("frozen is paused, and only where it would run", () => {
    expect(stateOf({ load: "loaded", active: "active", sub: "running", frozen: true })).toBe("paused");
    expect(stateOf({ load: "loaded", active: "failed", sub: "failed", frozen: true })).toBe("failed");
  });
});
