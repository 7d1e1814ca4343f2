import http from "node:http";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import type { z } from "zod";
import { connectionWords, type Reaching } from "./probe-tcp.ts";
import { lookupFor, refuseAddress } from "./reach.ts";
import type { httpSchema } from "./shapes.ts";
import { openHeaders } from "./shown-config.ts";
import { type Outcome, quoted } from "./standing.ts";

export type HttpConfig = z.infer<typeof httpSchema>;

export interface HttpOutcome extends Outcome {
  /** of the server's certificate, in milliseconds since the epoch; null: none was seen */
  certificateEnds: number | null;
}

/** bytes of an answer that are looked through */
const BODY = 256 * 1024;

/**
 * One request, no redirect followed: what leads elsewhere is judged by its own status. What the answer holds is never told,
 * but whether it held the text. Throws what the signal aborts with.
 */
export async function probeHttp(config: HttpConfig, reaching: Reaching): Promise<HttpOutcome> {
  const from = performance.now();
  const where = placeOf(config.url);
  let certificateEnds: number | null = null;
  try {
    const answer = await ask(config, reaching, (ends) => {
      certificateEnds = ends;
    });
    const latency = Math.round(performance.now() - from);
    try {
      const message = await judge(answer, config, reaching.signal);
      return { verdict: message === null ? "up" : "down", latency, message, certificateEnds };
    } finally {
      answer.destroy();
    }
  } catch (error) {
    reaching.signal.throwIfAborted();
    return { verdict: "down", latency: null, message: httpWords(error, where), certificateEnds };
  }
}

/** Does a status fit `200-399`, `2xx`, `200,301`? */
export function isExpected(status: number, expect: string): boolean {
  return expect.split(",").some((part) => {
    const [from = "", to = from] = part.split("-");
    return status >= Number(from.replaceAll("x", "0")) && status <= Number(to.replaceAll("x", "9"));
  });
}

function ask(
  { url, method, headers, verify }: HttpConfig,
  { signal, known }: Reaching,
  onCertificate: (ends: number) => void,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    refuseAddress(target.hostname);
    const own = { "user-agent": "Trihelm check", accept: "*/*", "accept-encoding": "identity", connection: "close" };
    const options = { method, signal, agent: false as const, lookup: lookupFor(known) };
    const sent = { ...options, headers: { ...own, ...lowerCased(openHeaders(headers)) } };
    const request =
      target.protocol === "https:"
        ? https.request(target, { ...sent, rejectUnauthorized: verify })
        : http.request(target, sent);
    request.once("socket", (socket) => {
      // also where it is refused: that it has ended is worth knowing
      socket.once("secureConnect", () => onEnd(socket as TLSSocket, onCertificate));
    });
    request.once("response", resolve);
    request.on("error", reject);
    request.end();
  });
}

function onEnd(socket: TLSSocket, tell: (ends: number) => void): void {
  const ends = Date.parse(socket.getPeerCertificate().valid_to);
  if (Number.isFinite(ends)) tell(ends);
}

/** Why it is not what is expected; null: it is. */
async function judge(answer: http.IncomingMessage, { expect, contains }: HttpConfig, signal: AbortSignal) {
  const status = answer.statusCode ?? 0;
  if (!isExpected(status, expect)) {
    const leads = answer.headers.location === undefined ? "" : ". It leads elsewhere, and redirects are not followed";
    return `Answered ${status}, where ${expect} is expected${leads}`;
  }
  if (contains === null) return null;
  if (await holds(answer, contains, signal)) return null;
  return `Answered ${status}, but without the text ${quoted(contains)}`;
}

async function holds(answer: http.IncomingMessage, text: string, signal: AbortSignal): Promise<boolean> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    chunks.push(chunk.subarray(0, BODY - size));
    size += chunk.length;
    if (size >= BODY) break;
  }
  return Buffer.concat(chunks).includes(text, 0, "utf8");
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

const TLS_WORDS: Record<string, string> = {
  CERT_HAS_EXPIRED: "its certificate has ended",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by nobody who is trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody who is trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by nobody who is trusted here",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function httpWords(error: unknown, where: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const tls = TLS_WORDS[code];
  if (tls) return `${quoted(where)}: ${tls}`;
  if (code.startsWith("HPE_")) return `${quoted(where)} answers, but not in HTTP`;
  if (code.startsWith("ERR_SSL") || code === "EPROTO") return `${quoted(where)} does not speak TLS as it should`;
  return connectionWords(error, where);
}

/** An address without what may be secret in it. */
function placeOf(url: string): string {
  return new URL(url).host;
}
