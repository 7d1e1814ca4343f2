import { expect, test } from "vitest";
import { busyAndTotal, memoryOf, networkBytes } from "./parse-proc.ts";

test("CPU: idle and iowait are not busy, guest time is not counted twice", () => {
  expect(busyAndTotal("cpu  100 20 30 800 50 1 2 3 40 5\ncpu0 1 2 3 4\n")).toEqual({ busy: 156, total: 1006 });
  expect(busyAndTotal(null)).toBeNull();
  expect(busyAndTotal("intr 1\n")).toBeNull();
});

test("memory: used is what is not available", () => {
  expect(memoryOf("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\n")).toEqual({
    used: 614_400,
    total: 1_024_000,
  });
  expect(memoryOf("MemTotal: 1000 kB\n")).toBeNull();
});

test("network: loopback, bridges and container ends do not count", () => {
  const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0: 100 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0
veth1a:5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0
enp3s0:7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0
`;
  expect(networkBytes(dev)).toEqual({ received: 107, sent: 208 });
  expect(networkBytes(null)).toEqual({ received: 0, sent: 0 });
});
