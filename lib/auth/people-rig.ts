/** Made-up people with sessions and tokens, put straight into the database, for tests and benchmarks. */
import { sessionCookie } from "./cookie.ts";
import { hashPassword } from "./password.ts";
import { ROLES, type Role } from "./role.ts";
import { hashSecret, randomToken } from "./secret.ts";
import { insertPerson, insertSession, type NewPerson, type Person } from "./store.ts";
import { makeToken, type TokenRequest } from "./tokens.ts";

export const PASSWORD = "a staple of horses";
const DAY = 86_400_000;
let hashed: Promise<string> | null = null;

/** An account; an admin with the password above unless told otherwise. */
export async function somebody(name: string, given: Partial<NewPerson> = {}): Promise<Person> {
  // the hash is made once: it is slow by intent
  hashed ??= hashPassword(PASSWORD);
  const usual = { role: "admin", services: null, verbs: null, via: "local", passwordHash: await hashed } as const;
  const person = await insertPerson({ name, ...usual, ...given });
  if (!person) throw new Error(`there is a ${name} already`);
  return person;
}

/** One of each role, named by it: viewer, operator, admin. */
export async function oneOfEach(): Promise<Record<Role, Person>> {
  const made: Partial<Record<Role, Person>> = {};
  for (const role of ROLES) made[role] = await somebody(role, { role });
  return made as Record<Role, Person>;
}

/** The header of a token; as its owner and without an end unless told otherwise. */
export async function bearer(owner: Person, given: Partial<TokenRequest> = {}): Promise<Record<string, string>> {
  const name = `t${randomToken().slice(0, 8)}`;
  const usual: TokenRequest = { name, role: null, verbs: null, services: null, expiresIn: null };
  const { token } = await makeToken(owner, { ...usual, ...given });
  return { authorization: `Bearer ${token}` };
}

export interface GivenSession {
  /** seconds since the sign-in; a step-up is asked for after ten minutes */
  age?: number;
  /** milliseconds from now until it is over; a day unless told */
  lives?: number;
  address?: string;
}

/** The header of a session. */
export async function signedIn(
  person: Person,
  { age = 0, lives = DAY, address = "192.0.2.1" }: GivenSession = {},
): Promise<Record<string, string>> {
  const token = randomToken().replace(/[^A-Za-z0-9]/g, "x");
  const times = { createdAt: new Date(Date.now() - age * 1000), expiresAt: new Date(Date.now() + lives) };
  const id = `s${randomToken().slice(0, 12)}`;
  await insertSession({ id, userId: person.id, hash: hashSecret(token), address, userAgent: "test", ...times });
  return { cookie: (await sessionCookie(token, null)).split(";")[0]! };
}
