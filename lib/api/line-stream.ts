/**
 * Lines as the body of an answer. The reader pulls: while it does not, nothing is read upstream, so that a slow client costs
 * one batch. The client leaving, or the server ending, closes everything behind it.
 */
import type { LogLine } from "#lib/logs/line.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";

export interface Framing {
  type: string;
  line: (line: LogLine) => string;
  /** said when there was nothing to say for 15 s */
  heartbeat: string | null;
  /** said first and, where the server ends the stream, last */
  opening?: string;
  closing?: string;
}

export const NDJSON: Framing = {
  type: "application/x-ndjson; charset=utf-8",
  line: (line) => `${JSON.stringify(line)}\n`,
  heartbeat: "\n",
};

export const EVENTS: Framing = {
  type: "text/event-stream; charset=utf-8",
  line: (line) => `id: ${line.cursor}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`,
  heartbeat: ": still here\n\n",
  opening: "retry: 1000\n\n",
};

const HEARTBEAT = 15_000;
/** characters that are handed over at once */
const CHUNK = 64 * 1024;
/** bytes that wait for the socket */
const WAITING = 128 * 1024;

/** Reads with a signal that ends with the client or the server. */
export type ReadLines = (signal: AbortSignal) => AsyncGenerator<LogLine[]>;

/** A request that is collected never hears that its client left: those whose answer is under way are held. */
const open = new Set<Request>();

/** Rejects where nothing can be read at all, so that the answer can still say so. */
export async function lineResponse(
  read: ReadLines,
  framing: Framing,
  options: { request: Request; headers?: Record<string, string>; gzip?: boolean },
): Promise<Response> {
  const { request } = options;
  open.add(request);
  const leaving = new AbortController();
  const signal = AbortSignal.any([request.signal, endingSignal(), leaving.signal]);
  const batches = released(read(signal), request);
  let next = batches.next();
  await next;
  const encoder = new TextEncoder();
  let rest: LogLine[] = [];
  let isOpening = framing.opening !== undefined;
  const fill = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    if (isOpening) controller.enqueue(encoder.encode(framing.opening));
    isOpening = false;
    while (rest.length === 0) {
      const batch = await within(next, framing.heartbeat === null ? null : HEARTBEAT);
      if (batch === null) return controller.enqueue(encoder.encode(framing.heartbeat ?? ""));
      if (batch.done) return controller.close();
      rest = batch.value;
      next = batches.next();
      // it may fail while the client does not pull; it is told when the client does
      next.catch(() => undefined);
    }
    const [text, count] = textOf(rest, framing);
    rest = count < rest.length ? rest.slice(count) : [];
    controller.enqueue(encoder.encode(text));
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
