/**
 * Who is at the other end of a request's connection. Pages and route handlers see headers only, and those are the
 * client's own words, so each request is stamped with its socket's address before the framework reads it. The stamp
 * carries a key of this process: what came in without being stamped (an upgrade, a request during start) cannot be
 * mistaken for one that was.
 */
import { randomBytes } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { networkList, plainAddress } from "./address.ts";
import { env } from "./env.ts";
import { singleton } from "./singleton.ts";

const STAMP = "x-trihelm-peer";
const NOBODY = "unknown";

/** Stamps every request of every HTTP server in this process from now on. */
export function stampPeers(): void {
  singleton("peer.stamping", () => {
    subscribe("http.server.request.start", (message) => stamp((message as { request: IncomingMessage }).request));
    return true;
  });
}

/**
 * The address that a request came from: its connection's, or where that is a trusted proxy's, the right-most one of
 * `X-Forwarded-For` that is no trusted proxy. `unknown` for a request that was not stamped.
 */
export function peerAddress(headers: Headers): string {
  const peer = socketAddress(headers);
  if (peer === null) return NOBODY;
  const trusted = singleton("peer.trusted", () => networkList(env().trustedProxies));
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
  return peer !== null && singleton("peer.trusted", () => networkList(env().trustedProxies)).has(peer);
}

/** The header that says who is at the other end, as a request carries it inside this process. */
export function stampOf(address: string): [name: string, value: string] {
  return [STAMP, `${key()} ${address}`];
}

function stamp(request: IncomingMessage): void {
  const raw = request.rawHeaders;
  // emptied, not cut out: how many there are was counted when they were parsed
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]?.toLowerCase() === STAMP) raw[at + 1] = "";
  // assigned, not joined: whatever the client sent under this name, once or many times, is gone
  const [name, value] = stampOf(plainAddress(request.socket.remoteAddress ?? "") ?? NOBODY);
  request.headers[name] = value;
}

function socketAddress(headers: Headers): string | null {
  const value = headers.get(STAMP);
  const prefix = `${key()} `;
  return value?.startsWith(prefix) ? plainAddress(value.slice(prefix.length)) : null;
}

function key(): string {
  return singleton("peer.key", () => randomBytes(16).toString("base64url"));
}
