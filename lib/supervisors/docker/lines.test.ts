import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../supervisor.ts";
import { Demux, type Piece } from "./demux.ts";
import { type Cursor, engineTime, Lines, parseCursor } from "./lines.ts";

const frames = fs.readFileSync(new URL("fixtures/log-frames.bin", import.meta.url));
const terminal = fs.readFileSync(new URL("fixtures/log-tty.bin", import.meta.url));

function read(data: Buffer, tty: boolean, size = data.length, after: Cursor | null = null) {
  const demux = new Demux(tty);
  const lines = new Lines(after);
  const found: LogRecord[] = [];
  for (let at = 0; at < data.length; at += size) found.push(...lines.push(demux.push(data.subarray(at, at + size))));
  found.push(...lines.push(demux.end()), ...lines.end());
  return { found, lines };
}

/** Frames as the engine makes them. */
function frame(time: string, text: string, stream = 1): Buffer {
  const payload = Buffer.from(`${time} ${text}`);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe("recorded logs", () => {
  const texts = ["short", "x".repeat(20_000), "err", "café � bad", "y".repeat(16_384)];

  test("frames: pieces of a 20 KB line are one line, streams are told apart", () => {
    const { found } = read(frames, false);
    expect(found.map(({ text }) => text)).toEqual(texts);
    expect(found.map(({ stream }) => stream)).toEqual(["stdout", "stdout", "stderr", "stdout", "stdout"]);
    expect(found[0]).toMatchObject({ time: "2026-11-21T11:33:31.705950179Z", priority: null });
  });

  test("a terminal's raw text: the same lines, without its carriage returns", () => {
    expect(read(terminal, true).found.map(({ text }) => text)).toEqual(texts);
  });

  test.each([1, 3, 1000, 16_384])("in chunks of %i bytes nothing changes", (size) => {
    expect(read(frames, false, size).found).toEqual(read(frames, false).found);
    expect(read(terminal, true, size).found).toEqual(read(terminal, true).found);
  });

  test("raw text that was announced as frames is read all the same", () => {
    expect(read(terminal, false).found).toEqual(read(terminal, true).found);
  });

  test("resuming after any line gives the rest", () => {
    const all = read(frames, false).found;
    for (const [index, line] of all.entries()) {
      const { found, lines } = read(frames, false, frames.length, parseCursor(line.cursor));
      expect(found).toEqual(all.slice(index + 1));
      expect(lines.gap).toBe(false);
    }
  });
});

describe("resuming", () => {
  const T1 = "2026-01-01T00:00:00.000000001Z";
  const T2 = "2026-01-01T00:00:00.000000002Z";
  const log = [frame(T1, "a\n"), frame(T1, "b\n"), frame(T1, "b\n"), frame(T2, "c\n")];
  const all = read(Buffer.concat(log), false).found;

  test("lines of one instant are counted, equal ones too", () => {
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(4);
    const after = parseCursor(all[1]!.cursor);
    expect(read(Buffer.concat(log), false, 9, after).found.map(({ text }) => text)).toEqual(["b", "c"]);
  });

  test("a log that begins after the cursor has a gap", () => {
    const { found, lines } = read(log[3]!, false, 99, parseCursor(all[0]!.cursor));
    expect(found.map(({ text }) => text)).toEqual(["c"]);
    expect(lines.gap).toBe(true);
  });

  test("another text in the place of the seen line was not seen", () => {
    const rotated = Buffer.concat([frame(T1, "new\n"), log[3]!]);
    expect(read(rotated, false, 99, parseCursor(all[0]!.cursor)).found.map(({ text }) => text)).toEqual(["new", "c"]);
  });

  test("lines before the cursor are dropped", () => {
    expect(read(Buffer.concat(log), false, 99, parseCursor(all[3]!.cursor)).found).toEqual([]);
  });
});

test("a line of many megabytes is cut, not kept", () => {
  const piece = frame("2026-01-01T00:00:00Z", "z".repeat(16_384));
  const data = Buffer.concat([...Array.from({ length: 200 }, () => piece), frame("2026-01-01T00:00:01Z", "end\n")]);
  const { found } = read(data, false);
  expect(found).toHaveLength(1);
  expect(found[0]!.text.length).toBeGreaterThan(1_000_000);
  expect(found[0]!.text.length).toBeLessThan(1_100_000);
});

test("streams that interleave in the middle of a line are not mixed", () => {
  const time = "2026-01-01T00:00:00Z";
  const data = [frame(time, "out-"), frame(time, "err\n", 2), frame(time, "end\n")];
  const { found } = read(Buffer.concat(data), false);
  expect(found.map(({ stream, text }) => [stream, text])).toEqual([
    ["stderr", "err"],
    ["stdout", "out-end"],
  ]);
});

test.each([
  ["2026-11-21T11:33:31.705950179Z", "1795260811.705950179"],
  ["2026-11-21T22:33:31.7+11:00", "1795260811.700000000"],
  ["2026-11-21T11:33:31Z", "1795260811.000000000"],
  ["yesterday", null],
])("%s is %s for the engine", (time, expected) => {
  expect(engineTime(time)).toBe(expected);
});

test.each(["", "x", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z/1/../etc", "2026-01-01T00:00:00Z/-1/a"])(
  "%s is no cursor",
  (text) => {
    expect(parseCursor(text)).toBeNull();
  },
);

test("an engine that reads its file again after a rotation is not believed", () => {
  const piece = (second: number, stream: "stdout" | "stderr" = "stdout"): Piece => {
    const data = Buffer.from(`2026-11-21T12:00:0${second}.000000000Z line ${second}`);
    return { stream, data, start: 0, end: data.length, ended: true };
  };
  const lines = new Lines(null);
  const found = lines.push([piece(1), piece(3), piece(2, "stderr"), piece(1), piece(3), piece(4)]);
  expect(found.map(({ text }) => text)).toEqual(["line 1", "line 3", "line 2"]);
  expect(lines.rewound).toBe(true);
});
