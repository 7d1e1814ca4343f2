/** What a visitor's page shows, as it changes. It ends with the link, and with the visitor's cookie. */
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type Guest, guestView } from "#lib/relay/guest.ts";
import { onRelayNews } from "#lib/relay/news.ts";

const HEARTBEAT = 15_000;
/** of one link, and of all: who has a link may not take what the panel's own streams need */
const MOST_OF_ONE = 20;
const MOST = 200;
/** events that wait for a slow reader */
const LAG = 100;
/** milliseconds for what comes together to be told as one */
const PACE = 40;

const open = () => singleton("relay.guests", () => new Map<string, number>());

/** Throws `rate_limited` where too many are open. */
export async function guestStream(pass: Guest, request: Request): Promise<Response> {
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  };
  if (request.method === "HEAD") return new Response(null, { headers });
  const leaveRoom = enter(pass.link);
  const encoder = new TextEncoder();
  let leave: () => void = leaveRoom;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let over = false;
      let told = "";
      let due: NodeJS.Timeout | null = null;
      const end = () => {
        if (over) return;
        over = true;
        leave();
        controller.close();
      };
      const send = (text: string) => {
        if (over) return;
        controller.enqueue(encoder.encode(text));
        // who does not read gets no more than this
        if ((controller.desiredSize ?? 0) < -LAG) end();
      };
      const look = async () => {
        due = null;
        try {
          const view = await guestView(pass);
          const text = JSON.stringify(view);
          if (text !== told) send(`event: view\ndata: ${text}\n\n`);
          told = text;
          if (view.endedAs !== null) end();
        } catch (error) {
          if (!(error instanceof AppError)) logger("relay").error({ err: error }, messageOf(error));
          end();
        }
      };
      const soon = (service: string) => {
        if (service === pass.service && !over) due ??= setTimeout(() => void look(), PACE);
      };
      const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT);
      // how the link ended may not have been told yet
      const last = setTimeout(() => void look().finally(end), Math.max(0, pass.until - Date.now()));
      const unsubscribe = onRelayNews(soon);
      const signals = [request.signal, endingSignal()];
      leave = () => {
        over = true;
        clearInterval(heartbeat);
        for (const timer of [last, due]) if (timer) clearTimeout(timer);
        unsubscribe();
        for (const signal of signals) signal.removeEventListener("abort", end);
        leaveRoom();
      };
      for (const signal of signals) signal.addEventListener("abort", end, { once: true });
      send("retry: 2000\n\n");
      if (signals.some(({ aborted }) => aborted)) end();
      else void look();
    },
    cancel: () => leave(),
  });
  return new Response(body, { headers });
}

function enter(link: string): () => void {
  const own = open().get(link) ?? 0;
  const all = [...open().values()].reduce((sum, count) => sum + count, 0);
  if (own >= MOST_OF_ONE || all >= MOST)
    throw new AppError("rate_limited", "This page is open too often", { extensions: { retryAfter: 10 } });
  open().set(link, own + 1);
  let isIn = true;
  return () => {
    if (!isIn) return;
    isIn = false;
    const left = (open().get(link) ?? 1) - 1;
    if (left > 0) open().set(link, left);
    else open().delete(link);
  };
}
