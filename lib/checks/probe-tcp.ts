import net from "node:net";
import { messageOf } from "#lib/platform/errors.ts";
import { lookupFor, refuseAddress } from "./reach.ts";
import { type Outcome, quoted } from "./standing.ts";

export interface Reaching {
  signal: AbortSignal;
  /** addresses that names have on this server */
  known: ReadonlyMap<string, readonly string[]>;
}

/** Does somebody take a connection there? Nothing is sent. Throws what the signal aborts with. */
export function probeTcp(
  { host, port }: { host: string; port: number },
  { signal, known }: Reaching,
): Promise<Outcome> {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    try {
      refuseAddress(host);
    } catch (error) {
      return resolve({ verdict: "down", latency: null, message: messageOf(error) });
    }
    const socket = net.connect({ host: host.replace(/^\[|\]$/g, ""), port, lookup: lookupFor(known) });
    const done = (end: () => void) => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      end();
    };
    const abort = () => done(() => reject(signal.reason));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) return abort();
    socket.once("connect", () => {
      const latency = Math.round(performance.now() - from);
      done(() => resolve({ verdict: "up", latency, message: null }));
    });
    // a second one may come while it is destroyed
    socket.on("error", (error) => {
      done(() => resolve({ verdict: "down", latency: null, message: connectionWords(error, `${host}:${port}`) }));
    });
  });
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: "refuses the connection: nothing listens there",
  ECONNRESET: "broke the connection off",
  EPIPE: "broke the connection off",
  ENOTFOUND: "has no address: the name is not known",
  EAI_AGAIN: "cannot be looked up: no name server answers",
  EHOSTUNREACH: "cannot be reached: no route leads there",
  ENETUNREACH: "cannot be reached: no route leads there",
  ETIMEDOUT: "does not answer",
};

/** Why a connection failed, as a sentence. */
export function connectionWords(error: unknown, where: string): string {
  // several addresses were tried
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const cause = first ?? error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "forbidden") return messageOf(cause);
  const words = WORDS[code];
  return words
    ? `${quoted(where)} ${words}`
    : `${quoted(where)}: ${quoted(messageOf(cause).split("\n", 1)[0]!.slice(0, 200))}`;
}
