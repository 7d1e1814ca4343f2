/**
 * Lines as the body of an answer. The reader pulls: while it does not, nothing is read upstream, so that a slow client costs
 * one batch. The client leaving, or the server ending, closes everything behind it.
 */
import type { LogLine, LogProgress } from "#lib/logs/line.ts";
import { jsonOf } from "#lib/logs/line-json.ts";
import type { Progress } from "#lib/logs/progress.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";

export interface Framing {
  type: string;
  line: (line: LogLine) => string;
  progress?: (record: LogProgress) => string;
  /** said when there was nothing to say for 15 s */
  heartbeat: string | null;
  /** said first and, where the server ends the stream, last */
  opening?: string;
  closing?: string;
}

export const NDJSON: Framing = {
  type: "application/x-ndjson; charset=utf-8",
  line: (line) => `${jsonOf(line)}\n`,
  progress: (record) => `${JSON.stringify(record)}\n`,
  heartbeat: "\n",
};

export const EVENTS: Framing = {
  type: "text/event-stream; charset=utf-8",
  // what stands where no line was given yet is no place to go on from
  line: (line) => `${line.cursor === "" ? "" : `id: ${line.cursor}\n`}event: line\ndata: ${jsonOf(line)}\n\n`,
  progress: (record) => `event: progress\ndata: ${JSON.stringify(record)}\n\n`,
  heartbeat: ": still here\n\n",
  opening: "retry: 1000\n\n",
};

const HEARTBEAT = 15_000;
const PROGRESS = 250;
/** characters that are handed over at once */
const CHUNK = 64 * 1024;
/** bytes that wait for the socket */
const WAITING = 64 * 1024;

/** Reads with a signal that ends with the client or the server. */
export type ReadLines = (signal: AbortSignal) => AsyncGenerator<LogLine[]>;

/** A request that is collected never hears that its client left: those whose answer is under way are held. */
const open = new Set<Request>();

/** Rejects where nothing can be read at all, so that the answer can still say so. */
export async function lineResponse(
  read: ReadLines,
  framing: Framing,
  options: { request: Request; headers?: Record<string, string>; gzip?: boolean; progress?: Progress | null },
): Promise<Response> {
  const { request, progress = null } = options;
  open.add(request);
  const leaving = new AbortController();
  const signal = AbortSignal.any([request.signal, endingSignal(), leaving.signal]);
  const batches = released(read(signal), request);
  let next = batches.next();
  await next;
  const encoder = new TextEncoder();
  let rest: LogLine[] = [];
  let isOpening = framing.opening !== undefined;
  let spoke = performance.now();
  let told = 0;
  /** What there is to say while nothing comes; null: nothing yet. */
  const aside = () => {
    const record = progress?.take();
    if (record && framing.progress) return framing.progress(record);
    return framing.heartbeat !== null && performance.now() - spoke >= HEARTBEAT ? framing.heartbeat : null;
  };
  const fill = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const say = (text: string) => {
      spoke = performance.now();
      controller.enqueue(encoder.encode(text));
    };
    if (isOpening) say(framing.opening ?? "");
    isOpening = false;
    while (rest.length === 0) {
      const quiet = performance.now() - spoke;
      const patience = framing.heartbeat === null ? null : Math.max(0, HEARTBEAT - quiet);
      const batch = await within(next, progress ? PROGRESS : patience);
      // a reading that finds a little all the time says how far it is as well, one that finds nothing that it is there
      const isDue = performance.now() - spoke >= HEARTBEAT || (progress && performance.now() - told >= PROGRESS);
      const said = batch === null || batch.done || isDue ? aside() : null;
      if (said !== null) {
        told = performance.now();
        say(said);
      }
      if (batch === null) {
        if (said !== null) return;
        continue;
      }
      if (batch.done) return controller.close();
      rest = batch.value;
      progress?.given(rest.length);
      next = batches.next();
      // it may fail while the client does not pull; it is told when the client does
      next.catch(() => undefined);
    }
    const [text, count] = textOf(rest, framing);
    rest = count < rest.length ? rest.slice(count) : [];
    say(text);
  };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          await fill(controller);
        } catch (error) {
          if (isAbort(error) || signal.aborted) return controller.close();
          // an answer that simply ended would pass for a whole one
          logger("logs").warn({ err: error }, `a stream broke off: ${messageOf(error)}`);
          controller.error(error);
        }
      },
      async cancel() {
        leaving.abort();
        await batches.return(undefined);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING }),
  );
  // a client that does not pull would never let the generator come to its end
  signal.addEventListener("abort", () => void batches.return(undefined).catch(() => undefined), { once: true });
  return new Response(options.gzip ? body.pipeThrough(new CompressionStream("gzip")) : body, {
    headers: {
      "content-type": framing.type,
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      ...options.headers,
    },
  });
}

async function* released(batches: AsyncGenerator<LogLine[]>, request: Request): AsyncGenerator<LogLine[]> {
  try {
    yield* batches;
  } finally {
    open.delete(request);
  }
}

function textOf(lines: readonly LogLine[], { line: frame }: Framing): [text: string, count: number] {
  let text = "";
  let count = 0;
  while (count < lines.length && text.length < CHUNK) {
    text += frame(lines[count]!);
    count += 1;
  }
  return [text, count];
}

/** null: it took longer. */
async function within<T>(promise: Promise<T>, milliseconds: number | null): Promise<T | null> {
  if (milliseconds === null) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, milliseconds, null);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
