/** Every query about people, sessions and tokens. Times are Dates, patterns and verbs are parsed; nothing secret but hashes. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { db } from "#lib/db/client.ts";
import type { ApiToken, Prisma, Session, User } from "#lib/db/generated/client.ts";
import type { Grant } from "./access.ts";
import { roleSchema, VERBS } from "./role.ts";

export interface Person extends Grant {
  id: string;
  name: string;
  disabled: boolean;
  via: "local" | "oidc" | "proxy";
  createdAt: Date;
}

/** A person as the settings page lists them. */
export interface PersonRow extends Person {
  lastSeenAt: Date | null;
  twoFactor: boolean;
  passkeys: number;
  hasPassword: boolean;
}

export interface SessionRow {
  id: string;
  userId: string;
  address: string;
  userAgent: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

export interface TokenRow extends Omit<Grant, "role"> {
  id: string;
  name: string;
  user: string;
  userId: string;
  prefix: string;
  role: Grant["role"] | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

const strings = z.array(z.string());
const verbs = z.array(z.enum(VERBS));

/** What the account library keeps its own rows in. */
export async function libraryDatabase() {
  // with the library: the command line does without both
  const { prismaAdapter } = await import("better-auth/adapters/prisma");
  return prismaAdapter(db(), { provider: "sqlite" });
}

/** Grows whenever another process has written to the database: the command line, beside the server. */
export async function dataVersion(): Promise<number> {
  const [row] = await db().$queryRawUnsafe<{ data_version: number | bigint }[]>("PRAGMA data_version");
  return Number(row?.data_version ?? 0);
}

/** How many people there are; zero means that nobody has set this server up. */
export function countPeople(): Promise<number> {
  return db().user.count();
}

/** By id or by name in any case; null when there is nobody. */
export async function findPerson(idOrName: string): Promise<Person | null> {
  const row = await db().user.findFirst({ where: { OR: [{ id: idOrName }, { username: idOrName.toLowerCase() }] } });
  return row && personOf(row);
}

/** By name alone, in any case: for names that somebody outside chose, which an id must not be. */
export async function findPersonByName(name: string): Promise<Person | null> {
  const row = await db().user.findUnique({ where: { username: name.toLowerCase() } });
  return row && personOf(row);
}

/** By what a provider knows them by. */
export async function findPersonByAccount(account: ProviderAccount): Promise<Person | null> {
  const { providerId, accountId } = account;
  const row = await db().account.findFirst({ where: { providerId, accountId }, include: { user: true } });
  return row && personOf(row.user);
}

/** Who is half signed in, by the hash of the challenge that their second factor answers. */
export async function findPersonByChallenge(hash: string): Promise<Person | null> {
  const challenge = await db().verification.findFirst({ where: { identifier: hash, expiresAt: { gt: new Date() } } });
  const row = challenge && (await db().user.findUnique({ where: { id: challenge.value } }));
  return row && personOf(row);
}

/** Ends the second steps that are under way. */
export async function deleteChallenges(userId: string): Promise<void> {
  await db().verification.deleteMany({ where: { value: userId } });
}

/** One person, or all in the order of their making. */
export async function listPeople(id?: string): Promise<PersonRow[]> {
  const rows = await db().user.findMany({
    where: id === undefined ? {} : { id },
    orderBy: { createdAt: "asc" },
    include: {
      accounts: { where: { password: { not: null } }, select: { id: true } },
      sessions: { orderBy: { updatedAt: "desc" }, take: 1, select: { updatedAt: true } },
      _count: { select: { passkeys: true } },
    },
  });
  return rows.map((row) => ({
    ...personOf(row),
    lastSeenAt: row.sessions[0]?.updatedAt ?? null,
    twoFactor: row.twoFactorEnabled ?? false,
    passkeys: row._count.passkeys,
    hasPassword: row.accounts.length > 0,
  }));
}

export interface ProviderAccount {
  providerId: string;
  accountId: string;
}

export interface NewPerson extends Grant {
  name: string;
  via: Person["via"];
  /** what a provider knows this person by */
  account?: ProviderAccount | null;
  /** null: this person signs in otherwise */
  passwordHash: string | null;
}

/** Adds a person; `first` only when there is nobody yet. Null when the name is taken, or somebody was first. */
export async function insertPerson(person: NewPerson, first = false): Promise<Person | null> {
  const username = person.name.toLowerCase();
  return db().$transaction(async (tx) => {
    if (await tx.user.findFirst({ where: first ? {} : { username }, select: { id: true } })) return null;
    const id = randomUUID();
    const row = await tx.user.create({
      data: {
        id,
        name: person.name,
        username,
        // the library wants one, and tells it to authenticators as whose account it is
        email: person.name,
        via: person.via,
        ...grantColumns(person),
      },
    });
    if (person.passwordHash !== null) await tx.account.create({ data: credential(id, person.passwordHash) });
    if (person.account) await tx.account.create({ data: { id: randomUUID(), userId: id, ...person.account } });
    return personOf(row);
  });
}

export type PersonChange = Partial<Grant & { disabled: boolean }>;

/** Changes a person; `"last"` and no change when no other whole, enabled admin would be left. */
export async function updatePerson(id: string, change: PersonChange): Promise<"done" | "last"> {
  return db().$transaction(async (tx) => {
    const before = await tx.user.findUniqueOrThrow({ where: { id } });
    const after = { ...personOf(before), ...change };
    if (isWhole(personOf(before)) && !isWhole(after) && (await countOthers(tx, id)) === 0) return "last";
    const { disabled, ...grant } = change;
    await tx.user.update({
      where: { id },
      data: { ...grantColumns(grant), ...(disabled === undefined ? {} : { disabled }) },
    });
    if (after.disabled) await tx.session.deleteMany({ where: { userId: id } });
    return "done";
  });
}

/** Sets a role without a look at who else is admin: for one that is decided elsewhere. */
export async function writeRole(id: string, role: Grant["role"]): Promise<void> {
  await db().user.update({ where: { id }, data: { role } });
}

/** Removes a person with their sessions, tokens, passkeys; `"last"` and nothing removed as in `updatePerson`. */
export async function deletePerson(id: string): Promise<"done" | "last"> {
  return db().$transaction(async (tx) => {
    const before = await tx.user.findUniqueOrThrow({ where: { id } });
    if (isWhole(personOf(before)) && (await countOthers(tx, id)) === 0) return "last";
    await tx.user.delete({ where: { id } });
    return "done";
  });
}

/** The hash to check a password against; null when this person has none. */
export async function passwordHashOf(userId: string): Promise<string | null> {
  const row = await db().account.findFirst({ where: { userId, providerId: "credential" }, select: { password: true } });
  return row?.password ?? null;
}

/** Sets a password and signs the person out everywhere, also who is half signed in with the old one. */
export async function writePassword(userId: string, passwordHash: string): Promise<void> {
  await db().$transaction(async (tx) => {
    await tx.account.deleteMany({ where: { userId, providerId: "credential" } });
    await tx.account.create({ data: credential(userId, passwordHash) });
    await tx.session.deleteMany({ where: { userId } });
    await tx.verification.deleteMany({ where: { value: userId } });
  });
}

/** Takes the second factor away, for somebody who lost their phone. */
export async function deleteSecondFactor(userId: string): Promise<void> {
  await db().$transaction(async (tx) => {
    await tx.twoFactor.deleteMany({ where: { userId } });
    await tx.user.update({ where: { id: userId }, data: { twoFactorEnabled: false } });
  });
}

export async function insertSession(row: Omit<SessionRow, "lastSeenAt"> & { hash: string }): Promise<void> {
  const { hash, address, ...rest } = row;
  await db().session.create({ data: { ...rest, token: hash, ipAddress: address } });
}

export interface SessionProof {
  /** the id of a session that this one replaces */
  instead: string | null;
  /** what the password was just checked against */
  passwordHash: string | null;
}

/** Adds a session if what it was begun with still holds: an end of sessions or a new password meanwhile counts. False: it does not. */
export async function insertProvenSession(
  row: Parameters<typeof insertSession>[0],
  { instead, passwordHash }: SessionProof,
): Promise<boolean> {
  const { hash, address, ...rest } = row;
  const { userId } = rest;
  const over = Symbol("over");
  try {
    await db().$transaction(async (tx) => {
      await tx.session.create({ data: { ...rest, token: hash, ipAddress: address } });
      if (instead !== null && (await tx.session.deleteMany({ where: { id: instead, userId } })).count === 0) throw over;
      const credential = { userId, providerId: "credential", password: passwordHash };
      if (passwordHash !== null && (await tx.account.count({ where: credential })) === 0) throw over;
    });
    return true;
  } catch (error) {
    // thrown above, so that nothing of it stays
    if (error === over) return false;
    throw error;
  }
}

/** A session and its person, by the hash of what the cookie holds; also one that has expired. */
export async function findSession(hash: string): Promise<{ session: SessionRow; person: Person } | null> {
  const row = await db().session.findUnique({ where: { token: hash }, include: { user: true } });
  return row && { session: sessionOf(row), person: personOf(row.user) };
}

/** The person's sessions that still live, newest first. */
export async function listSessions(userId: string): Promise<SessionRow[]> {
  const rows = await db().session.findMany({
    where: { userId, expiresAt: { gt: new Date() } },
    orderBy: { updatedAt: "desc" },
  });
  return rows.map(sessionOf);
}

export async function touchSession(id: string): Promise<void> {
  await db().session.updateMany({ where: { id }, data: { updatedAt: new Date() } });
}

/** Ends sessions of one person: the one named, or all but the one spared. Returns how many. */
export async function deleteSessions(userId: string, which: { id?: string; but?: string | null }): Promise<number> {
  const where = { userId, ...(which.id ? { id: which.id } : {}), ...(which.but ? { id: { not: which.but } } : {}) };
  return (await db().session.deleteMany({ where })).count;
}

/** True when this person has signed in from this address and still is. */
export async function hasSessionFrom(username: string, address: string): Promise<boolean> {
  const where = { ipAddress: address, expiresAt: { gt: new Date() }, user: { username: username.toLowerCase() } };
  return (await db().session.findFirst({ where, select: { id: true } })) !== null;
}

/** Removes what has expired: sessions, challenges, tokens a month after their end. */
export async function deleteExpired(): Promise<void> {
  const now = new Date();
  await db().session.deleteMany({ where: { expiresAt: { lt: now } } });
  await db().verification.deleteMany({ where: { expiresAt: { lt: now } } });
  await db().apiToken.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - 30 * 86_400_000) } } });
}

export interface NewToken extends Omit<Grant, "role"> {
  name: string;
  hash: string;
  prefix: string;
  userId: string;
  role: Grant["role"] | null;
  expiresAt: Date | null;
}

export async function insertToken(token: NewToken): Promise<TokenRow> {
  const { name, hash, prefix, userId, role, expiresAt } = token;
  const row = await db().apiToken.create({
    data: { id: randomUUID(), name, hash, prefix, userId, role, expiresAt, ...narrowColumns(token) },
    include: { user: true },
  });
  return tokenOf(row);
}

/** A token and its person, by its hash; also one that has expired. */
export async function findToken(hash: string): Promise<{ token: TokenRow; person: Person } | null> {
  const row = await db().apiToken.findUnique({ where: { hash }, include: { user: true } });
  return row && { token: tokenOf(row), person: personOf(row.user) };
}

/** Tokens of one person, or of all, newest first. */
export async function listTokens(userId: string | null): Promise<TokenRow[]> {
  const rows = await db().apiToken.findMany({
    where: userId === null ? {} : { userId },
    orderBy: { createdAt: "desc" },
    include: { user: true },
  });
  return rows.map(tokenOf);
}

export async function touchToken(id: string): Promise<void> {
  await db().apiToken.updateMany({ where: { id }, data: { lastUsedAt: new Date() } });
}

export async function deleteToken(id: string): Promise<void> {
  await db().apiToken.deleteMany({ where: { id } });
}

function isWhole(person: Pick<Person, "role" | "disabled" | "services" | "verbs">): boolean {
  return person.role === "admin" && !person.disabled && person.services === null && person.verbs === null;
}

function countOthers(tx: Prisma.TransactionClient, id: string): Promise<number> {
  return tx.user.count({ where: { id: { not: id }, role: "admin", disabled: false, services: null, verbs: null } });
}

function credential(userId: string, password: string) {
  return { id: randomUUID(), accountId: userId, providerId: "credential", userId, password };
}

function grantColumns(grant: Partial<Grant>) {
  return { ...(grant.role === undefined ? {} : { role: grant.role }), ...narrowColumns(grant) };
}

function narrowColumns({ services, verbs: allowed }: Partial<Omit<Grant, "role">>) {
  return {
    ...(services === undefined ? {} : { services: services && JSON.stringify(services) }),
    ...(allowed === undefined ? {} : { verbs: allowed && JSON.stringify(allowed) }),
  };
}

function narrowOf(row: { services: string | null; verbs: string | null }): Omit<Grant, "role"> {
  return {
    services: row.services === null ? null : strings.parse(JSON.parse(row.services)),
    verbs: row.verbs === null ? null : verbs.parse(JSON.parse(row.verbs)),
  };
}

function personOf(row: User): Person {
  const { id, name, disabled, createdAt } = row;
  const via = row.via === "oidc" || row.via === "proxy" ? row.via : "local";
  return { id, name, disabled, createdAt, via, role: roleSchema.parse(row.role), ...narrowOf(row) };
}

function sessionOf(row: Session): SessionRow {
  const { id, userId, createdAt, expiresAt } = row;
  const seen = { address: row.ipAddress ?? "", userAgent: row.userAgent ?? "", lastSeenAt: row.updatedAt };
  return { id, userId, createdAt, expiresAt, ...seen };
}

function tokenOf(row: ApiToken & { user: User }): TokenRow {
  const { id, name, userId, prefix, createdAt, expiresAt, lastUsedAt } = row;
  const role = row.role === null ? null : roleSchema.parse(row.role);
  return { id, name, userId, prefix, createdAt, expiresAt, lastUsedAt, user: row.user.name, role, ...narrowOf(row) };
}
