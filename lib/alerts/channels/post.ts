/** One HTTP request as channels send it: to a judged address, not redirected, bounded in what is read of the answer. */
import http from "node:http";
import type { Duplex } from "node:stream";
import { decoded } from "#lib/format/decoded.ts";
import { checkLiteral, type Reach } from "./address.ts";
import { dial, secure, unreachable } from "./dial.ts";
import { DeliveryError } from "./error.ts";
import { cleaned, cut } from "./wording.ts";

export interface Posting {
  url: string;
  headers?: Record<string, string>;
  body: string | Buffer;
  reach: Reach;
  signal: AbortSignal;
  via?: Via | null;
}

/** A proxy that is asked for a tunnel. */
export interface Via {
  url: string;
  /** `user:password` */
  auth: string | null;
}

export interface Answer {
  status: number;
  /** the beginning of its body */
  text: string;
  /** seconds */
  retryAfter: number | null;
}

const READ = 16 * 1024;
const LONGEST_WAIT = 24 * 3600;
const AGAIN = new Set([408, 425, 429]);

/** Sends JSON unless headers say otherwise. Throws DeliveryError unless the answer is a 2xx. */
export async function post(posting: Posting): Promise<Answer> {
  const answer = await exchange(posting);
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return answer;
  if (status >= 300 && status < 400)
    throw new DeliveryError(
      `It answered ${status}, a redirect, which is not followed. Enter the address that it leads to`,
      { permanent: true },
    );
  const words = said(answer);
  throw new DeliveryError(`It answered ${status}${words ? `: ${words}` : ""}`, {
    permanent: status < 500 && !AGAIN.has(status),
    ...{ retryAfter, status },
  });
}

/** What a person reads of an answer: the words in its JSON, or its text. */
export function said({ text }: Answer): string {
  let words = text;
  try {
    const { error, message, description, errorDescription } = JSON.parse(text) as Record<string, unknown>;
    words = [message, description, errorDescription, error].find((one) => typeof one === "string") ?? text;
  } catch (error) {
    // most answers to a failure are no JSON: their text is what there is to show
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return cut(
    cleaned(words.replaceAll(/<[^>]*>/g, " "))
      .replaceAll(/\s+/g, " ")
      .trim(),
    300,
  );
}

async function exchange({ url, headers = {}, body, reach, signal, via }: Posting): Promise<Answer> {
  const target = new URL(url);
  const port = Number(target.port || (target.protocol === "https:" ? 443 : 80));
  const socket = await open(target, port, { reach, signal, via: via ?? null });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const request = http.request({
        method: "POST",
        path: `${target.pathname}${target.search}`,
        setHost: false,
        createConnection: () => socket,
        headers: {
          host: target.host,
          "user-agent": "Trihelm",
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...authorization(target),
          ...headers,
          connection: "close",
        },
        signal,
      });
      request.on("error", reject);
      request.on("response", (response) => {
        read(response).then((text) => {
          const retryAfter = retryAfterOf(response.headers["retry-after"] ?? retryIn(text));
          resolve({ status: response.statusCode ?? 0, text, retryAfter });
        }, reject);
      });
      request.end(body);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(error, target.hostname, port);
  } finally {
    socket.destroy();
  }
}

/** Of an address with a user in it, as browsers and curl take it. */
function authorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The beginning; what is longer is not waited for. */
async function read(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= READ) break;
  }
  return Buffer.concat(chunks).subarray(0, READ).toString("utf8");
}

/** Telegram and Discord say it in the body too, and stand behind proxies that lose the header. */
const retryIn = (text: string) => /"retry_after":\s*(\d+(?:\.\d+)?)/.exec(text)?.[1];

/** Seconds, of a number of them or of a date. */
export function retryAfterOf(header: string | undefined, now = Date.now()): number | null {
  if (header === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), LONGEST_WAIT);
}

async function open(
  target: URL,
  port: number,
  { reach, signal, via }: Required<Pick<Posting, "reach" | "signal" | "via">>,
): Promise<Duplex> {
  const host = target.hostname;
  const plain = via ? await tunnel(target, port, { reach, signal, via }) : await dial({ host, port, reach, signal });
  return target.protocol === "https:" ? secure(plain, host, signal) : plain;
}

/** Asks a proxy for a connection. The name is looked up there; the proxy's own address is judged as any other. */
async function tunnel(
  target: URL,
  port: number,
  { reach, signal, via }: { reach: Reach; signal: AbortSignal; via: Via },
) {
  checkLiteral(target.hostname, reach);
  const proxy = new URL(via.url);
  const at = Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80));
  const dialled = await dial({ host: proxy.hostname, port: at, reach, signal });
  const socket = proxy.protocol === "https:" ? await secure(dialled, proxy.hostname, signal) : dialled;
  const asked = http.request({
    method: "CONNECT",
    path: `${target.hostname}:${port}`,
    setHost: false,
    createConnection: () => socket,
    headers: {
      host: `${target.hostname}:${port}`,
      ...(via.auth ? { "proxy-authorization": `Basic ${Buffer.from(via.auth).toString("base64")}` } : {}),
    },
    signal,
  });
  return new Promise<typeof socket>((resolve, reject) => {
    const refused = (status: number) => {
      socket.destroy();
      reject(new DeliveryError(`The proxy ${proxy.host} answered ${status}`, { permanent: status === 407 }));
    };
    asked.on("error", (error) => {
      socket.destroy();
      reject(signal.aborted ? signal.reason : unreachable(error, proxy.hostname, at));
    });
    asked.on("response", ({ statusCode }) => refused(statusCode ?? 0));
    asked.on("connect", ({ statusCode }) => (statusCode === 200 ? resolve(socket) : refused(statusCode ?? 0)));
    asked.end();
  });
}
