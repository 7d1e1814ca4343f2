import { expect, test } from "vitest";
import type { LogLine } from "./line.ts";
import { ReorderWindow } from "./merge.ts";

const at = (milliseconds: number, text = `${milliseconds}`): LogLine => ({
  cursor: text,
  time: new Date(milliseconds).toISOString(),
  service: "local/docker/web",
  stream: "stdout",
  level: null,
  text,
});
const texts = (window: ReorderWindow, now: number) => window.take(now).map(({ line }) => line.text);

test("a line waits for an older one of another service, and no longer than a moment", () => {
  const window = new ReorderWindow(3);
  window.add(0, [at(20)], 1000);
  window.add(1, [at(10)], 1030);
  expect(texts(window, 1059)).toEqual([]);
  // what is older goes with it, though it has not waited as long
  expect(texts(window, 1060)).toEqual(["10", "20"]);
  expect(window.size).toBe(0);
});

test("nothing waits for what no service can say any more", () => {
  const window = new ReorderWindow(2);
  window.add(0, [at(10), at(20), at(30)], 1000);
  expect(texts(window, 1001)).toEqual([]);
  window.add(1, [at(25)], 1001);
  expect(texts(window, 1001)).toEqual(["10", "20", "25"]);
  window.add(1, [at(40)], 1002);
  expect(texts(window, 1002)).toEqual(["30"]);
});

test("a line that is told earlier than the one before it of its service stays behind that", () => {
  const window = new ReorderWindow(2);
  window.add(0, [at(50, "first"), at(10, "second")], 1000);
  window.add(1, [at(60, "other")], 1000);
  expect(texts(window, 1000)).toEqual(["first", "second"]);
});

test("no more is taken than is wanted, and the rest stays in order", () => {
  const window = new ReorderWindow(1);
  window.add(0, [at(10), at(20), at(30)], 1000);
  expect(window.take(1000, 1).map(({ line }) => line.text)).toEqual(["10"]);
  expect(texts(window, 1000)).toEqual(["20", "30"]);
});
