/**
 * An answer of the engine's that comes in very many small pieces, gathered into few. The engine sends every line of a log by
 * itself: whoever reads each at once wakes, and wakes the engine, a million times for a million lines (`docs/decisions/016`).
 */
import net from "node:net";
import { monotonic, sleep } from "#lib/platform/clock.ts";
import { HttpAnswer } from "./http-answer.ts";

/** where the engine listens, without encryption */
export type Listening = { path: string } | { host: string; port: number };

/** bytes read at once */
const AT_ONCE = 64 * 1024;
/** who is done with fewer bytes than these within so many milliseconds waits for more */
const MANY = 40 * 1024;
const QUICK = 0.1;
/** milliseconds in which more may come: a socket of this machine holds what an engine prints meanwhile */
const MOMENT = 1;
const KEEP_ALIVE = 30_000;
/** bytes that are kept of what the engine says of a failure */
const LONGEST_FAILURE = 64 * 1024;

/**
 * The body of the answer to one GET over a connection of its own, each piece in memory of its own. Nothing is read while
 * nobody asks for the next. Throws as dockerode does: `statusCode` and `json` of a refusal, `code` of a connection that failed or
 * ended too early, an AbortError.
 */
export async function* readGathered(to: Listening, target: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  signal.throwIfAborted();
  const place = Buffer.allocUnsafe(AT_ONCE);
  const answer = new HttpAnswer();
  let read = 0;
  let readAt = 0;
  let isOver = false;
  let failed: unknown = null;
  let heard = Promise.withResolvers<void>();
  const socket = net.connect({
    ...to,
    signal,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
    onread: {
      buffer: place,
      // the next bytes would stand where these are: they wait until these are taken
      callback(size) {
        read = size;
        readAt = monotonic();
        heard.resolve();
        return false;
      },
    },
  });
  socket.on("error", (error) => {
    failed = error;
  });
  socket.on("close", () => {
    isOver = true;
    heard.resolve();
  });
  socket.write(`GET ${target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n`);
  const refusal: Buffer[] = [];
  try {
    while (!answer.isWhole) {
      await heard.promise;
      if (failed !== null) throw failed;
      const size = read;
      if (size === 0 && isOver) {
        answer.end();
        break;
      }
      const piece = answer.push(place.subarray(0, size));
      if (answer.status >= 300) keep(refusal, piece);
      else if (piece.length > 0) yield piece;
      read = 0;
      if (isOver) continue;
      heard = Promise.withResolvers();
      const isEager = size < MANY && monotonic() - readAt < QUICK;
      if (isEager && !answer.isWhole) await sleep(MOMENT, signal);
      socket.resume();
    }
  } finally {
    socket.destroy();
  }
  if (answer.status >= 300) throw refused(answer.status, Buffer.concat(refusal));
}

function keep(kept: Buffer[], piece: Buffer): void {
  if (kept.reduce((sum, { length }) => sum + length, 0) < LONGEST_FAILURE) kept.push(piece);
}

function refused(statusCode: number, said: Buffer): Error {
  const text = said.toString("utf8");
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // a proxy's own words
  }
  return Object.assign(new Error(text.trim() || `HTTP status ${statusCode}`), { statusCode, json });
}
