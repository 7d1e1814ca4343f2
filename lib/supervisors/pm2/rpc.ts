/**
 * Calls to a PM2 daemon over its `rpc.sock`: one connection, kept warm, made again by the next call after it broke.
 * Nothing here can start a daemon. The library's own reconnecting is off: it would queue calls without an end.
 */
import axon, { type AxonSocket } from "pm2-axon";
import rpc from "pm2-axon-rpc";
import { messageOf } from "#lib/platform/errors.ts";
import { SupervisorError } from "../supervisor.ts";

const CONNECT_MS = 3000;
const ANSWER_MS = 5000;

export interface Rpc {
  /** Throws `unreachable`, `denied`, `timeout`, or `refused` with PM2's own words. `milliseconds`: 5,000 unless told. */
  call(method: string, argument: unknown, milliseconds?: number): Promise<unknown>;
  close(): void;
}

interface Link {
  socket: AxonSocket;
  client: InstanceType<typeof rpc.Client>;
  ready: Promise<void>;
  /** what waits for an answer and must be told when the connection breaks */
  waiting: Set<(error: SupervisorError) => void>;
}

export function createRpc(socketPath: string): Rpc {
  let link: Link | null = null;
  let closed = false;

  const connect = (): Link => {
    const socket = axon.socket("req");
    socket.set("retry timeout", 0);
    const waiting: Link["waiting"] = new Set();
    let trouble: unknown = null;
    const made: Link = { socket, client: new rpc.Client(socket), waiting, ready: Promise.resolve() };
    const lose = () => {
      if (link === made) link = null;
      const error = contactError(socketPath, trouble);
      for (const tell of [...waiting]) tell(error);
    };
    socket.on("socket error", (error) => {
      trouble = error;
    });
    // errors outside the library's list of ignored ones, as EACCES, come here too; without a listener they would throw
    socket.on("error", (error) => {
      trouble = error;
    });
    socket.on("close", lose);
    made.ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        trouble = new Error(`no connection within ${CONNECT_MS / 1000} s`);
        socket.close();
        lose();
      }, CONNECT_MS);
      const fail = (error: SupervisorError) => {
        clearTimeout(timer);
        waiting.delete(fail);
        reject(error);
      };
      waiting.add(fail);
      socket.on("connect", () => {
        clearTimeout(timer);
        waiting.delete(fail);
        resolve();
      });
    });
    socket.connect({ path: socketPath });
    return made;
  };

  return {
    async call(method, argument, milliseconds = ANSWER_MS) {
      if (closed) throw contactError(socketPath, new Error("closed"));
      link ??= connect();
      const current = link;
      await current.ready;
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          current.waiting.delete(fail);
        };
        const fail = (error: SupervisorError) => {
          end();
          reject(error);
        };
        const timer = setTimeout(
          () => fail(new SupervisorError("timeout", `PM2 did not answer ${method} within ${milliseconds / 1000} s.`)),
          milliseconds,
        );
        current.waiting.add(fail);
        current.client.call(method, argument, (error, answer) => {
          if (error) return fail(new SupervisorError("refused", `PM2: ${messageOf(error)}`, { cause: error }));
          end();
          resolve(answer);
        });
      });
    },
    close() {
      closed = true;
      link?.socket.close();
    },
  };
}

/** A broken or missing connection in the contract's words. */
function contactError(socketPath: string, cause: unknown): SupervisorError {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? "";
  const words = cause === null ? "the daemon closed the connection" : messageOf(cause);
  const denied = code === "EACCES" || code === "EPERM";
  return new SupervisorError(denied ? "denied" : "unreachable", `PM2 at ${socketPath}: ${words}`, { cause });
}
