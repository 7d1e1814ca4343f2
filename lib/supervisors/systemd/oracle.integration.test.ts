/** The oracle over a real journal: numbers that a unit prints, while journald is restarted, rotated and vacuumed. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  all,
  countingScript,
  expectSame,
  known,
  LINES,
  numbers,
  PATIENCE,
  readWithLosses,
  textsOf,
} from "#lib/api/oracle-rig.ts";
import { watchSupervisor } from "#lib/services/watch.ts";
import { readHistory } from "../journal/history.ts";
import type { HistoryQuery, LogRecord } from "../supervisor.ts";
import { make, onTestHost, systemd } from "./case-rig.ts";
import { placeOf } from "./logs.ts";

process.env.TRIHELM_LOG_LEVEL = "silent";
const run = promisify(execFile);
const ending = new AbortController();
const native = async (...args: string[]) =>
  (await run("journalctl", ["-q", "--no-pager", ...args], { maxBuffer: 1 << 30 })).stdout;
const EVERYTHING: HistoryQuery = {
  ...{ from: "oldest", since: null, until: null, after: null, before: null, through: null, anyOf: null },
};

onTestHost();
beforeAll(() => watchSupervisor(systemd, ending.signal));
afterAll(() => ending.abort());

/** A unit that counts as fast as journald takes it; a line of JavaScript is an argument as it is. */
async function counting(name: string, script = countingScript()): Promise<string> {
  const code = script
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("%", "%%")
    .replaceAll("\\", "\\\\")
    .replaceAll("$", "$$$$");
  const quoted = `"${code.replaceAll('"', '\\"')}"`;
  return make(name, ["Type=exec", "LogRateLimitIntervalSec=0", `ExecStart=${process.execPath} -e ${quoted}`]);
}

describe("once and in order, with losses of the connection", { timeout: PATIENCE }, () => {
  test("while journald is restarted, and its files are rotated", async () => {
    const unit = await counting("oracle");
    await run("systemctl", ["start", unit]);
    const id = await known(`local/systemd/${unit}`);
    const restart = () => run("systemctl", ["restart", "systemd-journald"]);
    const rotate = () => native("--rotate");
    const seen = await readWithLosses(`/services/${id}/logs`, { at: { 3: restart, 7: rotate, 11: restart } });
    const printed = textsOf(seen.filter(({ gap }) => !gap)).filter((text) => /^\d+ 0\.|^over$/.test(text));
    // what journald itself lost in its restarts is not there for anybody
    const kept = (await native("-o", "cat", `_SYSTEMD_UNIT=${unit}`)).split("\n").filter(Boolean);
    expectSame(printed, kept);
    const lost = LINES + 1 - kept.length;
    expect(lost / LINES).toBeLessThan(0.05);
    const order = printed.slice(0, -1).map((text) => Number(text.split(" ")[0]));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    if (lost === 0) expectSame(order.map(String), numbers(LINES));
  });

  test("what journald suppressed is a counted gap, with the count that it gives", async () => {
    const script = `for (let i = 0; i < 3000; i++) console.log("s " + i); setTimeout(() => console.log("later"), 3000); setInterval(() => {}, 1e4);`;
    const unit = await make("suppressed", [
      ...["Type=exec", "LogRateLimitIntervalSec=2s", "LogRateLimitBurst=50"],
      `ExecStart=${process.execPath} -e "${script.replaceAll('"', '\\"')}"`,
    ]);
    await run("systemctl", ["start", unit]);
    const id = await known(`local/systemd/${unit}`);
    await expect.poll(async () => textsOf(await all(`/services/${id}/logs`)), { timeout: 15_000 }).toContain("later");
    const lines = await all(`/services/${id}/logs?tail=all`);
    const told = /Suppressed (\d+) messages/.exec(
      await native("-o", "cat", "_TRANSPORT=driver", `OBJECT_SYSTEMD_UNIT=${unit}`),
    );
    const gaps = lines.flatMap(({ gap }) => (gap ? [gap.lines] : []));
    expect(gaps).toEqual([Number(told?.[1])]);
    expect(gaps[0]! + lines.filter(({ text }) => text.startsWith("s ")).length).toBe(3000);
  });
});

test("bounded and backwards it gives the same as from the beginning", { timeout: 60_000 }, async () => {
  const unit = await counting("bounded", countingScript(2000));
  await run("systemctl", ["start", unit]);
  const place = placeOf(unit, "system");
  const signal = new AbortController().signal;
  const collect = async (query: Partial<HistoryQuery>) => {
    const found: LogRecord[][] = [];
    for await (const batch of readHistory(place, { ...EVERYTHING, ...query }, signal)) found.push(batch);
    return (query.from === "newest" ? found.reverse() : found).flat();
  };
  await expect.poll(async () => (await collect({})).at(-1)?.text, { timeout: 20_000 }).toBe("over");
  const whole = await collect({});
  for (const [low, high] of [
    [0, 5],
    [40, 1500],
    [700, 701],
    [1990, whole.length - 1],
  ] as const) {
    const [first, last] = [whole[low]!, whole[high]!];
    for (const from of ["oldest", "newest"] as const) {
      expect(await collect({ from, after: first.cursor, through: last.cursor })).toEqual(
        whole.slice(low + 1, high + 1),
      );
      expect(await collect({ from, before: last.cursor })).toEqual(whole.slice(0, high));
      expect(await collect({ from, since: first.time, until: last.time })).toEqual(
        whole.filter(({ time }) => time >= first.time && time <= last.time),
      );
    }
  }
  expect((await collect({ from: "newest" })).length).toBe(whole.length);
});

test("starts and ends are marked in their own lines", { timeout: 30_000 }, async () => {
  const unit = await make("marked", ["Type=exec", "ExecStart=/bin/sh -c 'echo here; sleep 0.2; exit 3'"]);
  await run("systemctl", ["start", unit]);
  const id = await known(`local/systemd/${unit}`);
  const kinds = async () =>
    (await all(`/services/${id}/logs?markers=1`)).flatMap(({ marker }) => (marker ? [marker] : []));
  await expect.poll(kinds, { timeout: 10_000 }).toEqual([
    { kind: "started", code: null, signal: null },
    { kind: "failed", code: 3, signal: null },
  ]);
  expect((await all(`/services/${id}/logs`)).some(({ marker }) => marker)).toBe(false);
});
