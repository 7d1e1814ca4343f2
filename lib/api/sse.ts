/** Server-Sent Events out of the bus: resumable, with a heartbeat, and never holding more than a little for a slow reader. */
import { type BusEvent, bus } from "#lib/events/bus.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";

const HEARTBEAT = 15_000;
/** what a reader may lag behind, in bytes; then the stream ends, and the client resumes by its last id */
const LAG = 1024 * 1024;

export interface StreamOptions {
  signal: AbortSignal;
  /** what the client saw last */
  lastEventId: string | undefined;
  /** the event that a fresh client starts from */
  snapshot: () => unknown;
  /** an event that brings a resuming client's figures up to date */
  figures: () => BusEvent;
}

/** A stream of everything that happens from now on, or from `lastEventId` on where that is still known. */
export function eventStream(options: StreamOptions): Response {
  const encoder = new TextEncoder();
  let leave: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let over = false;
        const end = () => {
          if (over) return;
          over = true;
          leave();
          controller.close();
        };
        const send = (text: string) => {
          if (over) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) < -LAG) end();
        };
        const unsubscribe = bus().subscribe((event) => send(frame(event)));
        const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT);
        const bye = () => {
          send("retry: 1000\n\n");
          end();
        };
        leave = () => {
          unsubscribe();
          clearInterval(heartbeat);
          options.signal.removeEventListener("abort", end);
          endingSignal().removeEventListener("abort", bye);
        };
        options.signal.addEventListener("abort", end, { once: true });
        endingSignal().addEventListener("abort", bye, { once: true });
        send("retry: 2000\n\n");
        for (const event of opening(options)) send(frame(event));
        if (endingSignal().aborted) bye();
        if (options.signal.aborted) end();
      },
      cancel: () => leave(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function opening(options: StreamOptions): BusEvent[] {
  const missed = options.lastEventId === undefined ? null : bus().since(options.lastEventId);
  if (missed) return [...missed, options.figures()];
  return [{ id: bus().position, name: "snapshot", data: options.snapshot() }];
}

// one event goes to many: its text is made once
const frames = new WeakMap<BusEvent, string>();

function frame(event: BusEvent): string {
  let text = frames.get(event);
  if (text === undefined) {
    text = `${event.id === null ? "" : `id: ${event.id}\n`}event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`;
    frames.set(event, text);
  }
  return text;
}
