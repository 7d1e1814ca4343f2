/** Connections of channels: every one goes to an address that was judged, and ends with its signal. */
import net from "node:net";
import tls from "node:tls";
import { messageOf } from "#lib/platform/errors.ts";
import { checkLiteral, guarded, type Reach } from "./address.ts";
import { DeliveryError } from "./error.ts";

export interface Door {
  host: string;
  port: number;
  reach: Reach;
  signal: AbortSignal;
}

/** Throws DeliveryError where nothing answers there, and for addresses that may not be spoken to. */
export async function dial({ host, port, reach, signal }: Door): Promise<net.Socket> {
  signal.throwIfAborted();
  checkLiteral(host, reach);
  const bare = host.replace(/^\[|\]$/g, "");
  const socket = net.connect({ host: bare, port, lookup: guarded(reach), autoSelectFamily: true });
  await settled(socket, "connect", { host: bare, port, signal });
  return socket;
}

/** The same connection, from now on encrypted; the certificate has to be `host`'s. */
export async function secure(socket: net.Socket, host: string, signal: AbortSignal): Promise<tls.TLSSocket> {
  const bare = host.replace(/^\[|\]$/g, "");
  const named = net.isIP(bare) === 0 ? { servername: bare } : {};
  const encrypted = tls.connect({ socket, host: bare, ...named, ALPNProtocols: ["http/1.1"] });
  try {
    await settled(encrypted, "secureConnect", { host: bare, port: socket.remotePort ?? 0, signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return encrypted;
}

/** What went wrong on the way, in words for people. */
export function unreachable(error: unknown, host: string, port: number): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = (first as NodeJS.ErrnoException | null)?.code ?? "";
  const said = WORDS[code];
  return new DeliveryError(said ? said(host, port) : `${host}: ${messageOf(first)}`, { cause: error });
}

const WORDS: Record<string, (host: string, port: number) => string> = {
  ENOTFOUND: (host) => `The name ${host} is not known`,
  EAI_AGAIN: (host) => `The name ${host} could not be looked up just now`,
  ECONNREFUSED: (host, port) => `Nothing listens at ${host}:${port}`,
  ECONNRESET: (host) => `${host} cut the connection`,
  EPIPE: (host) => `${host} cut the connection`,
  ETIMEDOUT: (host) => `${host} did not answer`,
  EHOSTUNREACH: (host) => `There is no way to ${host}`,
  ENETUNREACH: (host) => `There is no way to ${host}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (host) =>
    `The certificate of ${host} is signed by itself, and this server does not know it`,
  SELF_SIGNED_CERT_IN_CHAIN: (host) => `The certificate of ${host} is of an authority that this server does not know`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (host) =>
    `The certificate of ${host} is of an authority that this server does not know`,
  CERT_HAS_EXPIRED: (host) => `The certificate of ${host} has expired`,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => `The certificate of ${host} is for another name`,
};

function settled(socket: net.Socket, event: string, { host, port, signal }: Omit<Door, "reach">): Promise<void> {
  return new Promise((resolve, reject) => {
    const cut = () => socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    const failed = (error: unknown) => {
      done();
      // what comes after the first failure is no news
      socket.on("error", () => undefined).destroy();
      reject(signal.aborted ? signal.reason : unreachable(error, host, port));
    };
    const closed = () => failed(Object.assign(new Error("closed"), { code: "ECONNRESET" }));
    const connected = () => {
      done();
      // whoever takes it over listens too; an error between the two must not end the process
      socket.on("error", () => socket.destroy());
      resolve();
    };
    const done = () => {
      signal.removeEventListener("abort", cut);
      socket.off("error", failed).off("close", closed).off(event, connected);
    };
    signal.addEventListener("abort", cut, { once: true });
    socket.on("error", failed).on("close", closed).on(event, connected);
    if (signal.aborted) cut();
  });
}
