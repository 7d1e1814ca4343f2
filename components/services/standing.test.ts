import { expect, test } from "vitest";
import { sameStanding } from "./standing.ts";
import { aService } from "./testing.ts";

const instance = { id: "0", pid: 7, state: "online", cpu: 0.1, memory: 5, restarts: 0, since: null };
const before = aService("x", { memory: { used: 5, limit: 9 }, instances: [instance] });

test("new figures are no difference", () => {
  const after = {
    ...before,
    cpu: 0.9,
    memory: { used: 6, limit: 9 },
    instances: [{ ...instance, cpu: 0.2, memory: 6 }],
  };
  expect(sameStanding(before, after)).toBe(true);
});

test.each([
  ["its state", { state: "failed" }],
  ["an action under way", { pending: { action: "stop", since: "", actor: "mara" } }],
  ["a figure that went away", { cpu: null }],
  ["all of its memory", { memory: null }],
  ["another limit", { memory: { used: 5, limit: 10 } }],
  ["another process", { instances: [{ ...instance, pid: 8 }] }],
  ["one more process", { instances: [instance, { ...instance, id: "1" }] }],
] as const)("%s is", (_, over) => {
  expect(sameStanding(before, aService("x", { ...before, ...over } as Partial<typeof before>))).toBe(false);
});
