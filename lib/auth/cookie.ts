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

/** What the second step of signing in goes by, as the account library names it. Null when there is none. */
export function challengeOf(headers: Headers): string | null {
  for (const { name, value } of cookiesIn(headers)) {
    const challenge = name === challengeName() ? challengeIn(value) : null;
    if (challenge !== null) return challenge;
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
  for (const { name, value } of cookiesIn(headers)) {
    if (name.toLowerCase() === session.toLowerCase()) continue;
    // spelled so that we do not see whose it is: the library could
    if (name === challengeName() && challengeIn(value) === null) continue;
    if (!first.has(name)) first.set(name, `${name}=${value}`);
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

const challengeName = () => `${cookiePrefix()}.two_factor`;

const challengeIn = (value: string) => /^2fa-[\w-]{20}(?=\.)/.exec(value)?.[0] ?? null;

function cookiesIn(headers: Headers): { name: string; value: string }[] {
  return (headers.get("cookie") ?? "")
    .split(";")
    .map((part) => {
      const [name = "", ...value] = part.split("=");
      return { name: name.trim(), value: value.join("=").trim() };
    })
    .filter(({ name }) => /^[\w.-]+$/.test(name));
}
