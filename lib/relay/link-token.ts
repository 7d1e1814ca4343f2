/**
 * The two secrets of a guest: the token in a link, of which only the hash is kept, and the cookie that it is traded for.
 * The cookie is signed and not kept, so that it outlives a restart; what it opens is asked of its link each time.
 */
import { createHmac, randomBytes } from "node:crypto";
import { isSecure } from "#lib/auth/cookie.ts";
import { hashSecret, randomToken, sameSecret, serverSecret } from "#lib/auth/secret.ts";

/** milliseconds */
const LONGEST = 3_600_000;
/** so long beyond its link, so that the page can be told how that ended */
const AFTER_LINK = 120_000;
/** one that is over is still good for so long, to get another for the same link without being counted again */
const RENEWABLE = 12 * 3_600_000;

const SHAPE = /^([\w-]{8,40})\.(\d{13,15})\.([\w-]{43})$/;

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

/** A `Set-Cookie` for the visitor of a link: for an hour at most, and little longer than the link. */
export function guestCookie(link: string, expiresAt: Date, now = Date.now()): string {
  const until = Math.min(expiresAt.getTime() + AFTER_LINK, now + LONGEST);
  const seconds = Math.max(0, Math.floor((until + RENEWABLE - now) / 1000));
  const body = `${link}.${until}`;
  const secure = isSecure() ? "; Secure" : "";
  return `${guestCookieName(link)}=${body}.${sign(body)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

/** Each link has its own: a browser may hold several pages. */
export function guestCookieName(link: string): string {
  return `${isSecure() ? "__Host-" : ""}trihelm-relay-${link}`;
}

/** What the visitor's cookie for this link says, or that of any link; null for none, one that is over, or one that is not ours. */
export function guestPassOf(headers: Headers, link: string | null, now = Date.now()): GuestPass | null {
  return passesIn(headers, link).find(({ until }) => until > now) ?? null;
}

/** Has this browser opened the link not long ago? Its pass may be over. */
export function mayRenew(headers: Headers, link: string, now = Date.now()): boolean {
  return passesIn(headers, link).some(({ until }) => until + RENEWABLE > now);
}

function passesIn(headers: Headers, link: string | null): GuestPass[] {
  const prefix = guestCookieName(link ?? "");
  const cookies = (headers.get("cookie") ?? "").split(";").map((part) => part.trim());
  return cookies.flatMap((cookie) => {
    const at = cookie.indexOf("=");
    const name = cookie.slice(0, at);
    if (link === null ? !name.startsWith(prefix) : name !== prefix) return [];
    const [, id = "", until = "", signature = ""] = SHAPE.exec(cookie.slice(at + 1)) ?? [];
    const isOurs = id !== "" && name === guestCookieName(id) && sameSecret(sign(`${id}.${until}`), signature);
    return isOurs ? [{ link: id, until: Number(until) }] : [];
  });
}

function sign(body: string): string {
  return createHmac("sha256", serverSecret()).update(`relay guest ${body}`).digest("base64url");
}
