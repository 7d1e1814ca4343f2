import { expect, test } from "vitest";
import type { LogLine } from "#lib/logs/line.ts";
import { KeptLines } from "./kept-lines.ts";
import { isPicture, type Message } from "./message.ts";

let count = 0;
const says = (text: string, more: Partial<LogLine> = {}): LogLine => {
  count += 1;
  return {
    ...{ cursor: `c${count}`, time: new Date(Date.UTC(2025, 10, 14) + count).toISOString() },
    ...{ service: "a", stream: "stdout", level: "info", text },
    ...more,
  };
};
const goesOn = (text: string, more: Partial<LogLine> = {}) => says(text, { continues: true, ...more });
const all = ({ ring }: KeptLines): Message[] =>
  Array.from({ length: ring.size }, (_, offset) => ring.at(ring.first + offset)!);
const texts = (kept: KeptLines) => all(kept).map(({ text }) => text);

test("what goes on with a message joins it, whoever speaks in between", () => {
  const kept = new KeptLines();
  const grown: number[] = [];
  kept.onGrow = (index) => grown.push(index);
  kept.append([says("Error: no"), says("hello", { service: "b" }), goesOn("  at x"), goesOn("  at y"), says("next")]);
  expect(texts(kept)).toEqual(["Error: no\n  at x\n  at y", "hello", "next"]);
  expect(grown).toEqual([0, 0]);
  kept.append([goesOn("of another stream", { stream: "stderr" })]);
  expect(texts(kept).at(-1)).toBe("of another stream");
});

test("it goes on after the last line that came, joined or not", () => {
  const kept = new KeptLines();
  expect(kept.newest).toBeNull();
  const last = goesOn("  at x");
  kept.append([says("Error: no"), says("hello", { service: "b" }), last]);
  expect(kept.newest).toBe(last.cursor);
  const marker = says("", { cursor: "", marker: { kind: "started", code: null, signal: null } });
  kept.append([marker]);
  expect(kept.newest).toBe(last.cursor);
});

test("a message that a page cut in two is whole again, and every other line keeps its index", () => {
  const kept = new KeptLines();
  kept.append([goesOn("  at y"), goesOn("  at z"), says("next")]);
  expect(kept.ring.at(1)?.text).toBe("next");
  kept.prepend([says("before"), says("Error: no"), goesOn("  at x")]);
  expect(texts(kept)).toEqual(["before", "Error: no\n  at x\n  at y\n  at z", "next"]);
  expect(kept.ring.at(1)?.text).toBe("next");
});

test("when older lines push the newest out, it goes on after the newest that is left", () => {
  const kept = new KeptLines({ lines: 3, weight: 1e6 });
  const stays = says("1");
  kept.append([stays, says("2"), says("3")]);
  expect(kept.prepend([says("-1"), says("0")])).toBe(2);
  expect(kept.newest).toBe(stays.cursor);
});

test("blocks drawn under each other are one picture, and nothing else is", () => {
  const kept = new KeptLines();
  const drawn = Array.from({ length: 15 }, () => says("▄▄▄▄▄▄▄ ▄▄  ▄ ▄▄▄▄▄▄▄▄█ ▄"));
  kept.append([says("scan this"), ...drawn, says("waiting")]);
  expect(texts(kept).length).toBe(3);
  expect(all(kept).map(isPicture)).toEqual([false, true, false]);
  const short = new KeptLines();
  short.append([says("█████████████████████████ 50 %"), says("█████████████████████████"), says("done")]);
  expect(all(short).map(isPicture)).toEqual([false, false, false]);
});

test("a code in colours of the terminal is a picture too", () => {
  const kept = new KeptLines();
  const row = "\u001b[47m  \u001b[0m\u001b[40m  \u001b[0m".repeat(12);
  kept.append(Array.from({ length: 12 }, () => says(row)));
  expect(all(kept).map(isPicture)).toEqual([true]);
});
