import fs from "node:fs";
import { expect, test } from "vitest";
import { killsOf } from "./kernel-oom.ts";

const recorded = fs.readFileSync(new URL("fixtures/kmsg.txt", import.meta.url), "utf8").split("\n");
const ID = "73a9b1ac26adb9c2087260a9035295efd79f99d8d7440f4708015284c61c3d5e";

test("a kill of this container, at its time since boot", () => {
  expect(killsOf(recorded, ID, 1_000_000)).toEqual([{ at: 1_000_000 + 1_418_767.756 }]);
});

test("kills of others, and lines that only name it, do not count", () => {
  expect(killsOf(recorded, "b".repeat(64), 0)).toEqual([]);
  expect(killsOf([`6,1,1,-;oom-kill:cpuset=${ID},task_memcg=/docker/${"b".repeat(64)}`], ID, 0)).toEqual([]);
  expect(killsOf([`6,1,1,-;usb: ${ID} task_memcg=/docker/${ID}`], ID, 0)).toEqual([]);
});

test("a unit is found by its name below any slice, and not by a longer one", () => {
  const line = (memcg: string) => [
    `6,1,5000000,-;oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=${memcg},task=node,pid=7`,
  ];
  expect(killsOf(line("/system.slice/api.service"), "/api.service", 0)).toEqual([{ at: 5000 }]);
  expect(killsOf(line("/a/system.slice/api.service/child"), "/api.service", 0)).toHaveLength(1);
  expect(killsOf(line("/system.slice/my-api.service"), "/api.service", 0)).toEqual([]);
  expect(killsOf(line("/system.slice/api.services"), "/api.service", 0)).toEqual([]);
});
