/**
 * What comes, where the engine rotates the log and its files cannot be read here. The engine's own followed stream leaves
 * out whole files at a rotation, or gives their first line twice: it only rings the bell, and the lines are read from the
 * log's end, which is exact.
 */
import { sleep } from "#lib/platform/clock.ts";
import type { LogRecord } from "../supervisor.ts";
import { awaitStart } from "./await-start.ts";
import { type Cursor, cursorAt, Lines, momentBefore } from "./lines.ts";
import { readPart, type Source } from "./log-stream.ts";
import { lostBefore } from "./lost.ts";
import { containerPath } from "./names.ts";

/** newest lines that are asked for at first; eight times as many each time after, then all */
const FEW = 200;
const MANY = 100_000;
const LARGER = 8;
/** milliseconds between two readings, and how long a silent bell is trusted */
const PACE = 50;
const SILENCE = 2000;

/** Batches after the cursor; all there is where there is none. Ends when the container is removed or the signal aborts. */
export async function* pollLog(
  source: Source,
  from: Cursor | null,
  created: string | null,
): AsyncGenerator<LogRecord[]> {
  let last = from;
  let window = FEW;
  while (!source.signal.aborted) {
    const bell = await openBell(source);
    try {
      for (;;) {
        const isLast = bell.isOver();
        for await (const { lines, asked } of readOn(source, { last, window, created })) {
          window = Math.max(FEW, Math.min(MANY, asked === null ? window : asked >> 1));
          last = cursorAt(lines) ?? last;
          yield lines;
        }
        if (isLast || source.signal.aborted) break;
        await bell.heard(SILENCE);
        await sleep(PACE, source.signal);
      }
    } finally {
      bell.close();
    }
    // the stream of a container ends with it; its next run writes to the same log
    if (source.signal.aborted || !(await awaitStart(source.engine, source.id, source.signal))) return;
  }
}

interface Reading {
  last: Cursor | null;
  window: number;
  created: string | null;
}

/** What is behind the cursor by now: short looks first, and all of the log where they do not reach back to it. */
async function* readOn(
  source: Source,
  { last, window, created }: Reading,
): AsyncGenerator<{ lines: LogRecord[]; asked: number | null }> {
  let asked: number | null = last === null ? null : window;
  for (;;) {
    const lines = new Lines(last);
    const since = last && momentBefore(last.time);
    const kept: LogRecord[] = [];
    let isBegun = false;
    for await (const found of readPart(source, { since, tail: asked }, lines)) {
      if (lines.gap && asked !== null) break;
      const first = found[0];
      if (asked !== null) kept.push(...found);
      else if (first) {
        const lost = !isBegun && lines.gap && last ? lostBefore(first, last, created) : [];
        isBegun = true;
        yield { lines: [...lost, ...found], asked };
      }
    }
    const isShort = lines.gap && asked !== null;
    if (!isShort) {
      if (kept.length > 0) yield { lines: kept, asked };
      return;
    }
    asked = asked! < MANY ? asked! * LARGER : null;
  }
}

interface Bell {
  /** Resolves when something was printed or the stream ended since the last call, or after so many milliseconds. */
  heard(milliseconds: number): Promise<void>;
  isOver(): boolean;
  close(): void;
}

async function openBell({ engine, id, signal }: Source): Promise<Bell> {
  const closing = new AbortController();
  const both = AbortSignal.any([signal, closing.signal]);
  const query = { stdout: true, stderr: true, follow: true, tail: 0 };
  const stream = await engine.stream(containerPath(id, "logs"), query, both);
  let rung = false;
  let over = false;
  let wake: (() => void) | null = null;
  const ring = () => {
    rung = true;
    wake?.();
  };
  const listen = async () => {
    try {
      for await (const _ of stream) ring();
    } finally {
      over = true;
      ring();
    }
  };
  // a stream that breaks has ended all the same: the reading that follows says what is wrong
  listen().catch(() => undefined);
  return {
    isOver: () => over,
    close: () => closing.abort(),
    async heard(milliseconds) {
      if (!rung) {
        const waiting = new AbortController();
        const bell = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([bell, sleep(milliseconds, AbortSignal.any([both, waiting.signal]))]);
        waiting.abort();
      }
      rung = false;
    },
  };
}
