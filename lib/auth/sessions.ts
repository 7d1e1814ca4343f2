/** Sessions of people: begun at sign-in and at every step-up under a new id, ended by sign-out, revocation or time. */
import { randomUUID } from "node:crypto";
import { AppError } from "#lib/platform/errors.ts";
import { sessionCookie } from "./cookie.ts";
import { recheckCallers } from "./live.ts";
import { hashSecret, randomToken } from "./secret.ts";
import { deleteSessions, insertProvenSession, type SessionRow } from "./store.ts";

export const DAYS_KEPT = 14;

export interface SessionRequest {
  userId: string;
  address: string;
  userAgent: string;
  /** a session that goes on under this new id, and keeps its end */
  instead?: SessionRow | null;
  /** the hash that a password was just checked against; a session for it begins only while it is the person's */
  passwordHash?: string;
  /** a day unless told, and then for as long as the browser is open */
  until?: Date;
}

/**
 * Begins a session and gives its `Set-Cookie` value. The one it replaces, if any, is over. Throws AppError `unauthenticated`
 * when that one, or the password, is over already: to check a password takes long enough to be signed out meanwhile.
 */
export async function beginSession(request: SessionRequest): Promise<string> {
  const { userId, address, instead } = request;
  const token = `${randomToken()}${randomToken()}`.replace(/[^A-Za-z0-9]/g, "").slice(0, 40);
  const createdAt = new Date();
  const expiresAt = instead?.expiresAt ?? request.until ?? new Date(createdAt.getTime() + 86_400_000);
  const userAgent = request.userAgent.slice(0, 300);
  const row = { id: randomUUID(), userId, hash: hashSecret(token), address, userAgent, createdAt, expiresAt };
  const proof = { instead: instead?.id ?? null, passwordHash: request.passwordHash ?? null };
  if (!(await insertProvenSession(row, proof)))
    throw new AppError("unauthenticated", "You were signed out, or the password was changed, meanwhile. Sign in again");
  if (instead) await recheckCallers();
  const kept = expiresAt.getTime() - createdAt.getTime() > 2 * 86_400_000;
  return sessionCookie(token, kept ? expiresAt : null);
}

/** Ends sessions of one person, and with them their streams. Returns how many there were. */
export async function endSessions(userId: string, which: { id?: string; but?: string | null }): Promise<number> {
  const ended = await deleteSessions(userId, which);
  await recheckCallers();
  return ended;
}
