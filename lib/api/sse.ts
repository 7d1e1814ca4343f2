/** Server-Sent Events out of the bus: resumable, with a heartbeat, and never holding more than a little for a slow reader. */
import type { Access } from "#lib/auth/access.ts";
import { type BusEvent, bus } from "#lib/events/bus.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { viewEvent } from "#lib/services/view.ts";

const HEARTBEAT = 15_000;
/** what a reader may lag behind, in bytes; then the stream ends, and the client resumes by its last id */
const LAG = 1024 * 1024;

export interface StreamOptions {
  signal: AbortSignal;
  /** what this client may see */
  access: Access;
  /** what the client saw last */
  lastEventId: string | undefined;
  /** the event that a fresh client starts from */
  snapshot: () => unknown;
  /** called when it begins; what it returns is called when it is over */
  onOpen?: (() => () => void) | undefined;
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
          if (over || text === "") return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) < -LAG) end();
        };
        const unsubscribe = bus().subscribe((event) => send(frame(event, options.access)));
        const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT);
        const bye = () => {
          send("retry: 1000\n\n");
          end();
        };
        const close = options.onOpen?.();
        leave = () => {
          close?.();
          unsubscribe();
          clearInterval(heartbeat);
          options.signal.removeEventListener("abort", end);
          endingSignal().removeEventListener("abort", bye);
        };
        options.signal.addEventListener("abort", end, { once: true });
        endingSignal().addEventListener("abort", bye, { once: true });
        send("retry: 2000\n\n");
        for (const event of opening(options)) send(frame(event, options.access));
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

// one event goes to many: its text is made once for all who see the same
const frames = new WeakMap<BusEvent, Map<string, string>>();

function frame(event: BusEvent, access: Access): string {
  let texts = frames.get(event);
  if (!texts) {
    texts = new Map();
    frames.set(event, texts);
  }
  let text = texts.get(access.key);
  if (text === undefined) {
    const data = viewEvent(event, access);
    const id = event.id === null ? "" : `id: ${event.id}\n`;
    // what is not for this client still moves its place on, so that it resumes after it
    text =
      data === null ? (id === "" ? "" : `${id}\n`) : `${id}event: ${event.name}\ndata: ${JSON.stringify(data)}\n\n`;
    texts.set(access.key, text);
  }
  return text;
}
