/** The session's cookie: its name, what protects it, and how one is read. */
import { serializeSignedCookie } from "better-call";
import { env } from "#lib/platform/env.ts";
import { serverSecret } from "./secret.ts";

/** Over https the browser itself holds the cookie to this host, without a domain and over TLS only. */
export const cookiePrefix = () => (isSecure() ? "__Host-trihelm" : "trihelm");

/** True when people come by https, going by `TRIHELM_BASE_URL`. */
export function isSecure(): boolean {
  return env().baseUrl?.startsWith("https://") ?? false;
}

/** What the cookie holds, without its signature: 190 random bits that only their hash is kept of. Null when there is none. */
export function sessionTokenOf(headers: Headers): string | null {
  const name = `${cookiePrefix()}.session_token=`;
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const cookie = part.trim();
    if (!cookie.startsWith(name)) continue;
    const token = /^[A-Za-z0-9]{32,64}(?=\.|%2E)/.exec(cookie.slice(name.length));
    return token?.[0] ?? null;
  }
  return null;
}

/** True for an answer that gives the browser another session, or takes the one it has. */
export function setsSession(headers: Headers): boolean {
  return headers.getSetCookie().some((cookie) => cookie.startsWith(`${cookiePrefix()}.session_token=`));
}

/**
 * The headers with each cookie once, the first of its name. The session's is written anew for `token`, the one that was
 * identified, and left out without: two readers of one header may find two different sessions in it.
 */
export async function withOwnCookies(headers: Headers, token: string | null): Promise<Headers> {
  const session = `${cookiePrefix()}.session_token`;
  const first = new Map<string, string>();
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const [name = "", ...value] = part.split("=");
    const plain = name.trim();
    if (/^[\w.-]+$/.test(plain) && !first.has(plain) && plain.toLowerCase() !== session.toLowerCase())
      first.set(plain, `${plain}=${value.join("=").trim()}`);
  }
  if (token !== null) first.set(session, (await sessionCookie(token, null)).split(";")[0]!);
  const own = new Headers(headers);
  own.set("cookie", [...first.values()].join("; "));
  return own;
}

/** A `Set-Cookie` value as the account library writes it. `until`: null ends it with the browser. */
export function sessionCookie(token: string, until: Date | null): Promise<string> {
  return serializeSignedCookie(`${cookiePrefix()}.session_token`, token, serverSecret(), {
    path: "/",
    httpOnly: true,
    secure: isSecure(),
    sameSite: "strict",
    ...(until ? { maxAge: Math.max(0, Math.round((until.getTime() - Date.now()) / 1000)) } : {}),
  });
}
