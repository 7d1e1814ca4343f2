/**
 * For tests only: the proof that a reader who leaves and returns gets every line once and in order. Writers print numbers
 * and random tokens, and what the reader got is compared with what the tool itself gives afterwards.
 */
import { expect } from "vitest";
import { followed } from "#lib/logs/follow.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { scratchApi } from "./api-rig.ts";

/** `TRIHELM_NIGHTLY=1`: a million lines and two hundred losses of the connection for each source */
export const NIGHTLY = process.env.TRIHELM_NIGHTLY === "1";
export const LINES = NIGHTLY ? 1_000_000 : 50_000;
const LOSSES = NIGHTLY ? 200 : 20;
/** lines that a writer prints at once, every fiftieth of a second */
const AT_ONCE = 250;
/** milliseconds that one source may take */
export const PATIENCE = NIGHTLY ? 900_000 : 90_000;

const api = scratchApi();

export function request(url: string, signal: AbortSignal | null = null) {
  return api.request(`/api/v1${url}`, { signal });
}

export async function all(url: string): Promise<LogLine[]> {
  const answer = await request(url);
  expect(answer.status).toBe(200);
  return (await answer.text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Waits until the service is known. */
export async function known(id: string): Promise<string> {
  await expect.poll(() => snapshot().service(id)?.id, { timeout: 20_000 }).toBe(id);
  return id;
}

/** A shell's loop that prints so many numbered lines, `over`, and stays. */
export function counting(count: number = LINES, word = ""): string {
  return `i=0; while [ $i -lt ${count} ]; do echo "${word}$i $RANDOM$RANDOM"; i=$((i+1)); [ $((i%${AT_ONCE})) = 0 ] && sleep 0.02; done; echo over; sleep 600`;
}

/** The same as a Node script; `prefix` is an expression. */
export function countingScript(count: number = LINES, prefix = '""'): string {
  return `let i = 0;
const step = () => {
  let text = "";
  for (let n = 0; n < ${AT_ONCE} && i < ${count}; n++) text += ${prefix} + i++ + " " + Math.random().toString(36) + "\\n";
  process.stdout.write(text || "over\\n");
  if (text) setTimeout(step, 20);
};
step();
setInterval(() => {}, 1e4);`;
}

export interface Losing {
  /** tells the last line of all */
  isLast?: (line: LogLine) => boolean;
  /** does something to the source when so many twentieths of it were read */
  at?: Partial<Record<number, () => unknown>>;
  count?: number;
}

/** Reads on and on, leaving in the middle of things so many times, until a line says that it is over. */
export async function readWithLosses(url: string, options: Losing = {}): Promise<LogLine[]> {
  const { isLast = ({ text }) => text === "over", at = {}, count = LINES } = options;
  const seen: LogLine[] = [];
  let done = 0;
  let disturbed: Promise<unknown> = Promise.resolve();
  for (let losses = 0; ; losses += 1) {
    const leaving = new AbortController();
    const last = seen.findLast(({ cursor }) => cursor !== "");
    const after = last ? `after=${encodeURIComponent(last.cursor)}` : "tail=all";
    const answer = await request(`${url}${url.includes("?") ? "&" : "?"}follow=1&${after}`, leaving.signal);
    if (answer.status !== 200) {
      // the source is away at this moment, and its reader comes again
      expect([404, 502, 503]).toContain(answer.status);
      losses -= 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const until = losses < LOSSES ? seen.length + count / (LOSSES * 3) : Number.POSITIVE_INFINITY;
    let rest = "";
    while (seen.length < until) {
      // an answer that breaks off is one more loss: what it had sent of a line is no line
      const { value, done: ended } = await reader.read().catch(() => ({ value: undefined, done: true as const }));
      if (ended) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop()!;
      const lines = parts.filter(Boolean).map((part) => JSON.parse(part) as LogLine);
      for (const line of lines) seen.push(line);
      // one at a time, while the reading goes on
      for (; done < (seen.length * 20) / count; done += 1) {
        const disturb = at[done];
        if (disturb) disturbed = disturbed.then(disturb);
      }
      if (lines.filter(isLast).length > 0) {
        leaving.abort();
        await disturbed;
        await expect.poll(followed).toEqual([]);
        expect(losses).toBeGreaterThanOrEqual(LOSSES);
        return seen;
      }
    }
    leaving.abort();
  }
}

export const textsOf = (lines: readonly LogLine[]) => lines.map(({ text }) => text);

export const numbers = (count: number, word = "") => Array.from({ length: count }, (_, n) => `${word}${n}`);

/** Names the first difference instead of printing 50,000 lines. */
export function expectSame(got: readonly string[], wanted: readonly string[]): void {
  const at = wanted.findIndex((text, index) => got[index] !== text);
  expect({ at, got: got[at], wanted: wanted[at], count: got.length }).toEqual({
    ...{ at: -1, got: got[-1], wanted: wanted[-1], count: wanted.length },
  });
}

/** Every line once and in order, or counted in the gap that stands in its place: a reader that is too slow is told so. */
export function expectAccounted(seen: readonly LogLine[], wanted: readonly string[]): void {
  let at = 0;
  for (const { text, gap } of seen) {
    if (!gap && text !== wanted[at]) expect({ at, got: text }).toEqual({ at, got: wanted[at] });
    at += gap ? (gap.lines ?? Number.NaN) : 1;
  }
  expect(at).toBe(wanted.length);
}
