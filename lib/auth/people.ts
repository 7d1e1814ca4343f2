/** Making, changing and removing people. Nobody can take the last admin away, and what changes their rights ends their streams. */
import { AppError } from "#lib/platform/errors.ts";
import { recheckCallers } from "./live.ts";
import { endStreamsOf } from "./open-streams.ts";
import { hashPassword } from "./password.ts";
import type { Role, Verb } from "./role.ts";
import {
  deletePerson,
  deleteSecondFactor,
  findPerson,
  insertPerson,
  listPeople,
  type Person,
  type PersonChange,
  type PersonRow,
  updatePerson,
  writePassword,
} from "./store.ts";

export interface NewAccount {
  name: string;
  /** null: this person signs in by a provider or a proxy */
  password: string | null;
  role: Role;
  services: readonly string[] | null;
  verbs: readonly Verb[] | null;
  via?: Person["via"];
  /** only when nobody has an account yet */
  first?: boolean;
}

/** Throws AppError `conflict` when the name is taken, or when `first` and somebody has an account. */
export async function addPerson(account: NewAccount): Promise<Person> {
  const { name, password, role, services, verbs, via = "local", first = false } = account;
  const passwordHash = password === null ? null : await hashPassword(password);
  const person = await insertPerson({ name, role, services, verbs, via, passwordHash }, first);
  if (person) return person;
  throw new AppError(
    "conflict",
    first
      ? "This server is set up already. Sign in, or ask its admin"
      : `There is an account by the name ${name} already`,
  );
}

/** By id or name. Throws AppError `not_found`. */
export async function requirePerson(idOrName: string): Promise<Person> {
  const person = await findPerson(idOrName);
  if (!person) throw new AppError("not_found", `There is no account ${idOrName}. GET /api/v1/users lists them`);
  return person;
}

/** One person with what the settings page shows. Throws AppError `not_found`. */
export async function readPerson(idOrName: string): Promise<PersonRow> {
  const { id } = await requirePerson(idOrName);
  const [row] = await listPeople(id);
  return row!;
}

/** Changes what somebody may do, or their password. Throws AppError `conflict` where no admin would be left. */
export async function changePerson(id: string, change: PersonChange & { password?: string }): Promise<void> {
  const { password, ...rights } = change;
  const hash = password === undefined ? null : await hashPassword(password);
  if (Object.keys(rights).length > 0 && (await updatePerson(id, rights)) === "last") throw lastAdmin();
  if (hash !== null) await writePassword(id, hash);
  endStreamsOf(id);
}

/** Throws AppError `conflict` for the last admin. */
export async function removePerson(id: string): Promise<void> {
  if ((await deletePerson(id)) === "last") throw lastAdmin();
  await recheckCallers();
}

/** For somebody who lost their phone: the password alone signs them in again. */
export async function removeSecondFactor(id: string): Promise<void> {
  await deleteSecondFactor(id);
}

function lastAdmin(): AppError {
  return new AppError(
    "conflict",
    "This is the last account that may do everything. Make another admin first, or nobody can manage this server",
  );
}
