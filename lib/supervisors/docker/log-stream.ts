/** One request for a container's log, read as it comes. dockerode's own reading without follow keeps the whole log in memory. */
import { sleep } from "#lib/platform/clock.ts";
import type { LogRecord } from "../supervisor.ts";
import type { Engine, PlainQuery } from "./connect.ts";
import { Demux } from "./demux.ts";
import { engineTime, type Lines } from "./lines.ts";
import { containerPath } from "./names.ts";

export interface Source {
  engine: Engine;
  id: string;
  tty: boolean;
  signal: AbortSignal;
}

export interface Part {
  /** RFC 3339, inclusive */
  since?: string | null;
  until?: string | null;
  /** newest pieces of lines, as the engine counts; null: all */
  tail?: number | null;
  follow?: boolean;
}

/** milliseconds: a stream that is silent for so long is checked, and has so long to prove that it is not stuck */
const SILENCE = 15_000;
const LATE = 1_500;

/** Batches of lines, as many as came together. What is left unfinished stays in `lines`. */
export async function* readPart(source: Source, part: Part, lines: Lines): AsyncGenerator<LogRecord[]> {
  const query: PlainQuery = { stdout: true, stderr: true, timestamps: true, follow: part.follow === true };
  if (part.tail != null) query.tail = part.tail;
  if (part.since) query.since = engineTime(part.since) ?? 0;
  if (part.until) query.until = engineTime(part.until) ?? 0;
  const demux = new Demux(source.tty);
  for await (const chunk of source.engine.gather(containerPath(source.id, "logs"), query, source.signal)) {
    const found = lines.push(demux.push(chunk));
    if (found.length > 0 || lines.rewound) yield found;
  }
  const found = lines.push(demux.end());
  if (found.length > 0) yield found;
}

/**
 * The same batches, until they end or the stream proves to be stuck: several engines stop a followed log silently when its
 * file is rotated (moby #37646). `isBehind` compares with a short reading of the log's end.
 */
export async function* untilStuck(
  batches: AsyncGenerator<LogRecord[]>,
  isBehind: () => Promise<boolean>,
): AsyncGenerator<LogRecord[], "ended" | "stuck"> {
  let next = batches.next();
  for (;;) {
    // who is given up on while it waits is ended by the signal, and nobody listens then
    next.catch(() => undefined);
    let batch = await within(next, SILENCE);
    if (batch === null && (await isBehind())) {
      batch = await within(next, LATE);
      if (batch === null) return "stuck";
    }
    if (batch === null) continue;
    if (batch.done) return "ended";
    yield batch.value;
    next = batches.next();
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  const waiting = new AbortController();
  try {
    return await Promise.race([promise, sleep(milliseconds, waiting.signal).then(() => null)]);
  } finally {
    waiting.abort();
  }
}
