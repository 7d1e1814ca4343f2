import { expect, test } from "vitest";
import { MergedCursor, parseMergedCursor } from "./merged-cursor.ts";

const SERVICES = ["a", "b", "c"];
const time = (second: number) => `2026-11-21T12:00:0${second}.000Z`;

test("one place has one cursor, whichever way it was come to", () => {
  const forward = new MergedCursor(SERVICES);
  forward.advance(0, "a1", time(1));
  forward.advance(1, "b2", time(2));
  const there = forward.advance(2, "c3", time(3));
  const other = new MergedCursor(SERVICES);
  other.advance(2, "c0", time(0));
  other.advance(1, "b2", time(2));
  other.advance(0, "a1", time(1));
  expect(other.advance(2, "c3", time(3))).toBe(there);
  expect(parseMergedCursor(there, SERVICES, "after")).toMatchObject({ time: time(3), own: 2 });
});

test("of fifty services, an hour apart, each place comes back as it went in", () => {
  const services = Array.from({ length: 50 }, (_, n) => `local/docker/s${n}`);
  const cursor = new MergedCursor(services);
  const places = services.map((_, n) => ({ mark: `m${n}`, at: Date.parse(time(1)) - n * 600_000 }));
  for (const [index, place] of places.entries()) cursor.set(index, place);
  for (const told of [cursor.at(7, time(1)), cursor.at(7, "2026-11-21T14:59:59.999Z")]) {
    const back = parseMergedCursor(told, services, "after");
    expect(back.own).toBe(7);
    expect([...back.places].sort(([a], [b]) => a - b)).toEqual([...places.entries()]);
  }
  expect(parseMergedCursor(cursor.alone(3, { cursor: "x", time: time(2) }), services, "after").places.get(9)).toEqual({
    mark: "0",
    at: Date.parse(time(2)),
  });
});

test("behind a line: its service by that line, the others by the time of what happened then", () => {
  const told = new MergedCursor(SERVICES).behind(1, { cursor: "b2", time: time(2) }, time(8));
  const { time: at, own, places } = parseMergedCursor(told, SERVICES, "after");
  expect([at, own]).toEqual([time(8), 1]);
  expect(places.get(1)).toEqual({ mark: expect.not.stringMatching(/^0$/), at: Date.parse(time(2)) });
  for (const other of [0, 2]) expect(places.get(other)).toEqual({ mark: "0", at: Date.parse(time(8)) });
});

test("a cursor of an earlier version, whose times count back from the line's own, is still a place", () => {
  const cursor = new MergedCursor(SERVICES).alone(1, { cursor: "b2", time: time(2) });
  const list = cursor.split("~")[1]!.slice(0, -1);
  expect(parseMergedCursor(`${time(2)}~${list}~1_abc_0~0_def_rs~2_ghi_-1`, SERVICES, "after")).toMatchObject({
    own: 1,
    places: new Map([
      [1, { mark: "abc", at: Date.parse(time(2)) }],
      [0, { mark: "def", at: Date.parse(time(1)) }],
      [2, { mark: "ghi", at: Date.parse(time(2)) + 1 }],
    ]),
  });
  expect(() => parseMergedCursor(cursor, ["a", "b"], "after")).toThrow("no cursor of these services");
});
