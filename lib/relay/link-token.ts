/**
 * The two secrets of a guest: the token in a link, of which only the hash is kept, and the cookie that it is traded for.
 * The cookie is signed and not kept, so that it outlives a restart; what it opens is asked of its link each time.
 */
import { createHmac, randomBytes } from "node:crypto";
import { isSecure } from "#lib/auth/cookie.ts";
import { hashSecret, randomToken, sameSecret, serverSecret } from "#lib/auth/secret.ts";

/** milliseconds */
const LONGEST = 3_600_000;

export interface GuestPass {
  link: string;
  /** milliseconds since the epoch */
  until: number;
}

export function newLinkSecrets(): { id: string; token: string; hash: string } {
  const token = randomToken();
  return { id: randomBytes(9).toString("base64url"), token, hash: hashSecret(token) };
}

export function isTokenOf(token: string, hash: string): boolean {
  return sameSecret(hashSecret(token), hash);
}

/** A `Set-Cookie` for the visitor of a link: for an hour at most, and never beyond the link. */
export function guestCookie(link: string, expiresAt: Date, now = Date.now()): string {
  const until = Math.min(expiresAt.getTime(), now + LONGEST);
  const seconds = Math.max(0, Math.floor((until - now) / 1000));
  const body = `${link}.${until}`;
  const secure = isSecure() ? "; Secure" : "";
  return `${name()}=${body}.${sign(body)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

/** What the visitor's cookie says; null for none, one that is over, or one that is not ours. */
export function guestPassOf(headers: Headers, now = Date.now()): GuestPass | null {
  const prefix = `${name()}=`;
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const cookie = part.trim();
    if (!cookie.startsWith(prefix)) continue;
    const found = /^([\w-]{8,40})\.(\d{13,15})\.([\w-]{43})$/.exec(cookie.slice(prefix.length));
    if (!found) return null;
    const [, link = "", until = "", signature = ""] = found;
    if (!sameSecret(sign(`${link}.${until}`), signature) || Number(until) <= now) return null;
    return { link, until: Number(until) };
  }
  return null;
}

const name = () => (isSecure() ? "__Host-trihelm.guest" : "trihelm.guest");

function sign(body: string): string {
  return createHmac("sha256", serverSecret()).update(`relay guest ${body}`).digest("base64url");
}
