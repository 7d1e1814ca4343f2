/**
 * Who is at the other end of a request's connection. Pages and route handlers see headers only, and those are the
 * client's own words, so each request is stamped with its socket's address before the framework reads it. The stamp
 * carries a key of this process: what came in without being stamped cannot be mistaken for a request that was.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { networkList, plainAddress } from "./address.ts";
import { env } from "./env.ts";
import { singleton } from "./singleton.ts";

const STAMP = "x-trihelm-peer";
const NOBODY = "unknown";
const FORWARDED = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
];

/**
 * Writes the socket's address on a request, over whatever the client wrote there, and takes away what only a trusted
 * proxy may say, so that nothing behind this can believe it. Called for every request, before it is read.
 */
export function stampPeer(request: IncomingMessage): void {
  const raw = request.rawHeaders;
  // emptied, not cut out: how many there are was counted when they were parsed
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]?.toLowerCase() === STAMP) raw[at + 1] = "";
  const address = plainAddress(request.socket.remoteAddress ?? "") ?? NOBODY;
  const isProxy = trustedProxies().has(address);
  if (!isProxy) for (const name of FORWARDED) delete request.headers[name];
  for (const name of vouchingHeaders()) {
    if (!isProxy) delete request.headers[name];
    // a second line is the client's, which a careless proxy left standing: then neither says anything
    else if (raw.filter((one, at) => at % 2 === 0 && one.toLowerCase() === name).length > 1)
      request.headers[name] = ",";
  }
  // assigned, not joined: whatever the client sent under this name, once or many times, is gone
  const [name, value] = stampOf(address);
  request.headers[name] = value;
}

/**
 * The address that a request came from: its connection's, or where that is a trusted proxy's, the right-most one of
 * `X-Forwarded-For` that is no trusted proxy. `unknown` for a request that was not stamped.
 */
export function peerAddress(headers: Headers): string {
  const peer = socketAddress(headers);
  if (peer === null) return NOBODY;
  const trusted = trustedProxies();
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",");
  let address = peer;
  while (trusted.has(address) && forwarded.length > 0) {
    const next = plainAddress(forwarded.pop()!);
    // what a proxy could not name ends the chain: everything further left is hearsay
    if (next === null) break;
    address = next;
  }
  return address;
}

/** Does the request come straight from one of `TRIHELM_TRUSTED_PROXIES`? Only then do its headers about people count. */
export function isFromTrustedProxy(headers: Headers): boolean {
  const peer = socketAddress(headers);
  return peer !== null && trustedProxies().has(peer);
}

/** The header that says who is at the other end, as a request carries it inside this process. */
export function stampOf(address: string): [name: string, value: string] {
  return [STAMP, `${key()} ${address}`];
}

function socketAddress(headers: Headers): string | null {
  const value = headers.get(STAMP);
  const prefix = `${key()} `;
  return value?.startsWith(prefix) ? plainAddress(value.slice(prefix.length)) : null;
}

function vouchingHeaders(): string[] {
  const { userHeader = null, groupsHeader = null } = env().proxySignIn ?? {};
  return [userHeader, groupsHeader].filter((name) => name !== null);
}

function trustedProxies() {
  return singleton("peer.trusted", () => networkList(env().trustedProxies));
}

function key(): string {
  return singleton("peer.key", () => randomBytes(16).toString("base64url"));
}
