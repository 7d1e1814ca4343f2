/** Who asks: a person in a browser, a script with a token, whom a proxy names, or nobody. Read anew for every request. */
import { AppError } from "#lib/platform/errors.ts";
import { isFromTrustedProxy, peerAddress } from "#lib/platform/peer.ts";
import { type Access, accessOf } from "./access.ts";
import { sessionTokenOf } from "./cookie.ts";
import { personByProxy } from "./proxy-sign-in.ts";
import { hashSecret } from "./secret.ts";
import { findPerson, findSession, findToken, type Person, type SessionRow, touchSession, touchToken } from "./store.ts";

export interface Caller {
  kind: "session" | "token" | "proxy";
  person: Person;
  /** the name that the audit trail shows: `mara`, or `mara/ci` for a token */
  actor: string;
  address: string;
  access: Access;
  session: SessionRow | null;
  /** the hash of the session or token that proves this caller; null: a proxy's word does */
  credential: string | null;
  /** until when this caller may do what asks for a step-up; null: always, no person is there to ask */
  freshUntil: Date | null;
  expiresAt: Date | null;
}

/** how long after signing in a session may do what asks for a step-up, in milliseconds */
export const FRESH = 10 * 60_000;
const SEEN_EVERY = 60_000;

/** The caller that these headers prove, or null when they name none. Throws AppError `unauthenticated` for what proves nothing. */
export async function identify(headers: Headers): Promise<Caller | null> {
  const authorization = headers.get("authorization");
  // a proxy that has asked people by basic auth passes that on: it is for the proxy
  const isForUs = authorization !== null && (/^bearer /i.test(authorization) || !isFromTrustedProxy(headers));
  if (isForUs) return byToken(authorization, headers);
  const caller = await identifySession(headers);
  if (caller && caller.person.via !== "proxy") return caller;
  // what the proxy says now goes before a session of somebody it named earlier
  const person = await personByProxy(headers);
  if (person === null) return caller;
  return caller?.person.id === person.id
    ? { ...caller, person, access: accessOf(person) }
    : named(person, peerAddress(headers));
}

/** Whoever has a session, whatever else the headers say. */
export async function identifySession(headers: Headers): Promise<Caller | null> {
  const token = sessionTokenOf(headers);
  return token === null ? null : byHash("session", hashSecret(token), peerAddress(headers));
}

/** The same caller as he is now; null when that session or token is over. */
export async function identifyAgain(caller: Caller): Promise<Caller | null> {
  const { kind, credential } = caller;
  if (kind !== "proxy") return credential === null ? null : byHash(kind, credential, caller.address);
  const person = await findPerson(caller.person.id);
  return person && !person.disabled ? named(person, caller.address) : null;
}

/** Somebody by the proxy's word: enough to look and to act, not for what asks who is really there. */
function named(person: Person, address: string): Caller {
  const actor = person.name;
  const nothing = { session: null, credential: null, freshUntil: new Date(0), expiresAt: null };
  return { kind: "proxy", person, actor, address, access: accessOf(person), ...nothing };
}

async function byToken(authorization: string, headers: Headers): Promise<Caller> {
  const token = /^bearer (trh_[A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1];
  const caller = token === undefined ? null : await byHash("token", hashSecret(token), peerAddress(headers));
  if (caller) return caller;
  throw new AppError(
    "unauthenticated",
    "This token is not valid: it was revoked, has expired, or its owner is disabled. Make one under Settings, Tokens",
  );
}

async function byHash(kind: "session" | "token", credential: string, address: string): Promise<Caller | null> {
  if (kind === "session") {
    const found = await findSession(credential);
    if (!found || found.person.disabled || found.session.expiresAt.getTime() <= Date.now()) return null;
    const { session, person } = found;
    if (Date.now() - session.lastSeenAt.getTime() > SEEN_EVERY) await touchSession(session.id);
    const freshUntil = new Date(session.createdAt.getTime() + FRESH);
    const expiresAt = session.expiresAt;
    return {
      kind,
      person,
      actor: person.name,
      address,
      access: accessOf(person),
      session,
      credential,
      freshUntil,
      expiresAt,
    };
  }
  const found = await findToken(credential);
  const expiresAt = found?.token.expiresAt ?? null;
  if (!found || found.person.disabled || (expiresAt && expiresAt.getTime() <= Date.now())) return null;
  const { token, person } = found;
  if (Date.now() - (token.lastUsedAt?.getTime() ?? 0) > SEEN_EVERY) await touchToken(token.id);
  const actor = `${person.name}/${token.name}`;
  const access = accessOf(person, token);
  return { kind, person, actor, address, access, session: null, credential, freshUntil: null, expiresAt };
}
