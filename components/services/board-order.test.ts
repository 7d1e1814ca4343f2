import { describe, expect, test } from "vitest";
import { compareServices, heldOrder } from "./board-order.ts";
import type { BoardSort } from "./board-view.ts";
import { aService } from "./testing.ts";

const MB = 1024 ** 2;

function order(sort: BoardSort, services: Parameters<typeof aService>[]): string[] {
  return services
    .map((args) => aService(...args))
    .sort(compareServices(sort))
    .map((service) => service.name);
}

describe("sort", () => {
  test("by state: what needs somebody first, what is off last", () => {
    const all = ["stopped", "running", "paused", "failed", "starting", "restarting", "unknown"] as const;
    const services: Parameters<typeof aService>[] = [
      ...all.map((state): Parameters<typeof aService> => [state, { state }]),
      ["unhealthy", { health: "unhealthy" }],
    ];
    expect(order("state", services)).toEqual([
      "failed",
      "restarting",
      "unhealthy",
      "unknown",
      "running",
      "starting",
      "paused",
      "stopped",
    ]);
  });

  test("by name: numbers as numbers, case alike", () => {
    expect(order("name", [["w10"], ["W2"], ["a"]])).toEqual(["a", "W2", "w10"]);
  });

  test("by CPU: most first, nothing known last, hardly different by name", () => {
    const services: Parameters<typeof aService>[] = [
      ["b", { cpu: 0.0011 }],
      ["none", { cpu: null }],
      ["a", { cpu: 0.001 }],
      ["busy", { cpu: 2 }],
    ];
    expect(order("cpu", services)).toEqual(["busy", "a", "b", "none"]);
  });

  test("by memory", () => {
    const services: Parameters<typeof aService>[] = [
      ["small", { memory: { used: 3 * MB, limit: null } }],
      ["none", { memory: null }],
      ["large", { memory: { used: 900 * MB, limit: null } }],
    ];
    expect(order("memory", services)).toEqual(["large", "small", "none"]);
  });

  test("the same name in two scopes keeps one order", () => {
    const one = aService("x", { scope: "pm2@a", supervisor: "pm2" });
    const two = aService("x", { scope: "pm2@b", supervisor: "pm2" });
    expect([two, one].sort(compareServices("name"))).toEqual([one, two]);
  });
});

describe("held order", () => {
  test("free, it is the next one", () => {
    expect(heldOrder(["a", "b"], ["b", "a"], false)).toEqual(["b", "a"]);
    expect(heldOrder(null, ["b", "a"], true)).toEqual(["b", "a"]);
  });

  test("held, rows keep their place, gone ones leave and new ones come last", () => {
    expect(heldOrder(["a", "b", "c"], ["new", "c", "a"], true)).toEqual(["a", "c", "new"]);
  });
});
