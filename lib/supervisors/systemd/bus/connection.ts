/**
 * One connection to a message bus, or to systemd itself (`peer`: the same protocol without a bus between).
 * It never reconnects: whoever holds it sees it close and opens another.
 */
import net from "node:net";
import { messageOf } from "#lib/platform/errors.ts";
import { bodyOf, type Call, decodeMessage, encodeCall, type Message, messageLength } from "./message.ts";

/** What the other side answered instead of a reply; `code` is its name, like `org.freedesktop.DBus.Error.AccessDenied`. */
export class BusError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "BusError";
    this.code = code;
  }
}

/** The connection could not be made or has ended; `code` is the system's (`ENOENT`) or `EAUTH`, `ECLOSED`, `ETIMEDOUT`. */
export class BusLost extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "BusLost";
    this.code = code;
  }
}

interface Waiting {
  resolve(message: Message): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Opens, authenticates as the user that this process is, and says hello where there is a bus. Throws BusLost. */
export async function openBus(options: { path: string; peer: boolean; timeout?: number }): Promise<BusConnection> {
  const socket = await connect(options.path, (options.timeout ?? 5) * 1000);
  const connection = new BusConnection(socket, options.peer);
  try {
    if (options.peer) await wake(connection);
    else await connection.call({ destination: BUS, path: "/org/freedesktop/DBus", interface: BUS, member: "Hello" });
  } catch (error) {
    connection.close();
    throw error instanceof BusLost ? error : new BusLost("EAUTH", messageOf(error), error);
  }
  return connection;
}

/**
 * systemd does not look at a first message that arrives together with the end of the greeting until more arrives, as seen
 * with 252: so it is asked for a sign of life until one comes.
 */
async function wake(connection: BusConnection): Promise<void> {
  const ping = { path: "/", interface: "org.freedesktop.DBus.Peer", member: "Ping" };
  for (let attempt = 1; ; attempt += 1)
    try {
      await connection.call(ping, 0.03 * attempt ** 2);
      return;
    } catch (error) {
      if (attempt > 8 || !(error instanceof BusLost && error.code === "ETIMEDOUT")) throw error;
    }
}

export const BUS = "org.freedesktop.DBus";

export class BusConnection {
  readonly peer: boolean;
  /** resolves with the reason when the connection has ended, whoever ended it */
  readonly closed: Promise<BusLost>;
  readonly #socket: net.Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(signal: Message) => void>();
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 16;
  #serial = 0;
  #lost: BusLost | null = null;
  #tellClosed: (reason: BusLost) => void = () => undefined;

  /** `socket` is authenticated. */
  constructor(socket: net.Socket, peer: boolean) {
    this.peer = peer;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    socket.on("data", (chunk: Buffer) => this.#received(chunk));
    socket.on("error", (error) => this.#end(new BusLost("ECLOSED", messageOf(error), error)));
    socket.on("close", () => this.#end(new BusLost("ECLOSED", "the connection was closed by the other side")));
  }

  get isOpen(): boolean {
    return this.#lost === null;
  }

  /** Throws BusError (its answer), BusLost (no connection, or no answer within `timeout` seconds). */
  call(call: Call, timeout = 25): Promise<Message> {
    if (this.#lost) return Promise.reject(this.#lost);
    this.#serial = (this.#serial % 0xffff_fff0) + 1;
    const serial = this.#serial;
    const bytes = encodeCall(serial, call);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(serial);
        reject(new BusLost("ETIMEDOUT", `no answer to ${call.member} within ${timeout} s`));
      }, timeout * 1000);
      this.#waiting.set(serial, { resolve, reject, timer });
      this.#socket.write(bytes);
    });
  }

  /** Every signal that arrives, until the returned function is called. */
  onSignal(listener: (signal: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end(new BusLost("ECLOSED", "the connection was closed here"));
  }

  /** An open idle connection alone does not keep the process alive. */
  unref(): void {
    this.#socket.unref();
  }

  #received(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // a big reply comes in hundreds of chunks: they are joined once, when it is whole
    if (this.#size < this.#needed) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    try {
      for (;;) {
        const length = messageLength(bytes);
        this.#needed = length ?? 16;
        if (length === null || bytes.length < length) break;
        // a copy where the body outlives this turn would be safer for memory, but bodies are decoded at once
        this.#dispatch(decodeMessage(bytes.subarray(0, length)));
        bytes = bytes.subarray(length);
      }
    } catch (error) {
      this.#end(new BusLost("ECLOSED", `the other side sent what is no D-Bus message: ${messageOf(error)}`, error));
      return;
    }
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#size = bytes.length;
  }

  #dispatch(message: Message): void {
    if (message.type === "signal") {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.replySerial);
    if (!waiting) return;
    this.#waiting.delete(message.replySerial);
    clearTimeout(waiting.timer);
    if (message.type === "error") waiting.reject(new BusError(message.error, errorText(message)));
    else waiting.resolve(message);
  }

  #end(reason: BusLost): void {
    if (this.#lost) return;
    this.#lost = reason;
    this.#socket.destroy();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#waiting.clear();
    this.#listeners.clear();
    this.#tellClosed(reason);
  }
}

function errorText(message: Message): string {
  const text = message.signature.startsWith("s") ? bodyOf(message)[0] : null;
  return typeof text === "string" && text !== "" ? text : message.error;
}

/** Connects and proves who we are: EXTERNAL, where the kernel vouches for the user, so that no user id is sent. */
function connect(path: string, milliseconds: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path.startsWith("@") ? `\0${path.slice(1)}` : path);
    let said = "";
    const fail = (code: string, message: string, cause?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new BusLost(code, message, cause));
    };
    const timer = setTimeout(() => fail("ETIMEDOUT", `${path} did not answer`), milliseconds);
    socket.once("connect", () => socket.write("\0AUTH EXTERNAL\r\n"));
    socket.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? "ECLOSED", error.message, error));
    socket.once("end", () => fail("EAUTH", `${path} ended the connection before it let us in`));
    socket.on("data", (chunk: Buffer) => {
      said += chunk.toString("latin1");
      for (let end = said.indexOf("\r\n"); end >= 0; end = said.indexOf("\r\n")) {
        const line = said.slice(0, end);
        said = said.slice(end + 2);
        if (line.startsWith("DATA")) socket.write("DATA\r\n");
        else if (line.startsWith("OK ")) {
          clearTimeout(timer);
          socket.removeAllListeners();
          socket.write("BEGIN\r\n");
          return resolve(socket);
        } else return fail("EAUTH", `${path} does not let us in: ${line.slice(0, 200)}`);
      }
      if (said.length > 4096) fail("EAUTH", `${path} does not speak D-Bus`);
    });
  });
}
