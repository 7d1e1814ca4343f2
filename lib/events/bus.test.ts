import { expect, test } from "vitest";
import { Bus } from "./bus.ts";

test("resuming gives exactly what was missed, in order", () => {
  const bus = new Bus();
  bus.publish("service", 1);
  const seen = bus.position;
  bus.publish("usage", "not kept", { keep: false });
  bus.publish("service", 2);
  bus.publish("gone", 3);
  expect(bus.since(seen)?.map((event) => event.data)).toEqual([2, 3]);
  expect(bus.since(bus.position)).toEqual([]);
});

test("an id of another run, of the future, malformed or too old asks for a snapshot", () => {
  const bus = new Bus();
  for (let n = 0; n < 10_000; n += 1) bus.publish("service", n);
  for (const id of [`${bus.epoch}-99999`, "ffffffff-3", "x", "", `${bus.epoch}-`, `${bus.epoch}--1`, `${bus.epoch}-12`])
    expect(bus.since(id), id).toBeNull();
  expect(bus.since(`${bus.epoch}-9990`)).toHaveLength(10);
});

test("a listener hears until it leaves", () => {
  const bus = new Bus();
  const heard: unknown[] = [];
  const leave = bus.subscribe((event) => heard.push(event.data));
  bus.publish("a", 1);
  leave();
  bus.publish("a", 2);
  expect(heard).toEqual([1]);
  expect(bus.listeners).toBe(0);
});

test("a part of the server hears and is not counted among those who look", () => {
  const bus = new Bus();
  const heard: unknown[] = [];
  const leave = bus.subscribe((event) => heard.push(event.data), { looks: false });
  bus.publish("a", 1);
  expect([heard, bus.listeners]).toEqual([[1], 0]);
  leave();
  bus.publish("a", 2);
  expect(heard).toEqual([1]);
});
