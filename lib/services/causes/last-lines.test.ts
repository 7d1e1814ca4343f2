import { expect, test } from "vitest";
import type { LogRecord, ServiceMark } from "#lib/supervisors/supervisor.ts";
import { lastLines, ofRun } from "./last-lines.ts";

const at = (milliseconds: number) => new Date(1_800_000_000_000 + milliseconds).toISOString();
const line = (milliseconds: number, text: string, mark?: ServiceMark["kind"]): LogRecord => ({
  ...{ cursor: `${milliseconds} ${text}`, time: at(milliseconds), stream: "stdout", text, priority: null },
  ...(mark ? { mark: { kind: mark, code: null, signal: null } } : {}),
});
const run = (ended: number, more: { began?: number; next?: number } = {}) => ({
  ...{ began: null, next: null },
  ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, 1_800_000_000_000 + value])),
  ended: 1_800_000_000_000 + ended,
});
const kept = (records: LogRecord[], of: ReturnType<typeof run>) => ofRun(records, of).kept.map(({ text }) => text);

test("only of the run that ended, though the one before and the one after are there", () => {
  const records = [
    ...[line(0, "Started", "started"), line(10, "old trouble"), line(20, "Main exited", "failed")],
    ...[line(30, "Scheduled", "restarted"), line(40, "Started", "started"), line(50, "new trouble")],
    ...[line(60, "Main exited", "failed"), line(70, "Started", "started"), line(80, "next")],
  ];
  expect(kept(records, run(60))).toEqual(["new trouble", "Main exited"]);
  // one that printed nothing has none of another's lines
  const silent = records.filter(({ text }) => text !== "new trouble");
  expect(kept(silent, run(60))).toEqual(["Main exited"]);
});

test("what is quick prints before systemd writes that it is started, and may have ended by then", () => {
  const records = [line(0, "before", "failed"), line(41, "no tenant"), line(41, "Started", "started")];
  expect(kept([...records, line(42, "Main exited", "failed")], run(40))).toEqual(["no tenant", "Main exited"]);
});

test("without marks the times tell, and without times all of it counts", () => {
  const records = [line(0, "old"), line(500, "own"), line(900, "next")];
  expect(kept(records, run(600, { began: 400, next: 800 }))).toEqual(["own"]);
  expect(
    kept(
      records.map((one) => ({ ...one, untimed: true as const })),
      run(600, { began: 400 }),
    ),
  ).toHaveLength(3);
});

test("lines are cut, without colours and control characters, with secrets masked", async () => {
  const source = {
    ...{ service: "local/docker/shop", name: "shop" },
    supervisor: {
      async *logs() {
        yield line(1, "\x1b[31mpostgres://shop:hunter22@db/shop\x1b[0m\x07");
        yield line(2, "x".repeat(100_000));
        yield line(2, "got correct-horse");
        yield { ...line(3, "3 lines lost"), lost: 3 };
      },
    },
  };
  const { lines } = await lastLines(source, run(10), {
    signal: AbortSignal.timeout(1000),
    secrets: ["correct-horse"],
  });
  expect(lines.map(({ text }) => text.slice(0, 40))).toEqual([
    ...["postgres://shop:••••••@db/shop\\x07", "x".repeat(40), "got ••••••"],
  ]);
  expect(lines[1]!.text.length).toBe(400);
});
