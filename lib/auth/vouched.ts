/**
 * People whom somebody else vouches for: a provider (OIDC) or a trusted proxy. Their account is made when they first come, and
 * their role follows their groups. A name that somebody has who signs in another way is never theirs.
 */
import { audited } from "#lib/audit/audited.ts";
import { AppError } from "#lib/platform/errors.ts";
import { roleOfGroups } from "./groups.ts";
import { endStreamsOf } from "./open-streams.ts";
import type { Role } from "./role.ts";
import { isOpen } from "./setup.ts";
import {
  deleteSessions,
  findPersonByAccount,
  findPersonByName,
  insertPerson,
  type Person,
  writeRole,
} from "./store.ts";

export interface Vouched {
  via: "oidc" | "proxy";
  /** fits `nameSchema` */
  name: string;
  /** what the provider knows them by, whatever their name; null: the name is all there is */
  account: { providerId: string; accountId: string } | null;
  groups: readonly string[];
  address: string;
}

const REFUSALS = {
  account_not_linked: "An account of this name exists here and belongs to somebody who signs in another way",
  disabled: "This account is disabled. An admin of this server can enable it",
  no_role:
    "None of your groups has a role here. TRIHELM_ADMIN_GROUPS, TRIHELM_OPERATOR_GROUPS and TRIHELM_VIEWER_GROUPS say which have",
  setup_first: "This server is not set up yet. The first account is made with the code in its log",
  proxy_name: "The proxy's header is no account name, or names more than one",
  no_name: "The provider gives no name that an account here could have",
  access_denied: "The provider did not let you in",
  not_verified: "What the provider sent did not prove itself. The log of Trihelm has the reason",
  unreachable: "The provider cannot be reached. Try again, or sign in another way",
  expired: "Signing in took too long, was begun in another browser, or was used already. Begin again",
  failed: "Signing in there did not work. The log of Trihelm has the reason",
};

/** Why somebody did not get in, as the sign-in page is told: `/sign-in?error=no_role`. */
export type Refusal = keyof typeof REFUSALS;

export const isRefusal = (code: unknown): code is Refusal => typeof code === "string" && Object.hasOwn(REFUSALS, code);

/** Where somebody goes whom we do not let in. */
export const refusalAt = (reason: Refusal) => `/sign-in?error=${reason}`;

/** An error of the code `forbidden` that carries the reason as `signIn`. */
export function refused(reason: Refusal, cause?: unknown): AppError {
  return new AppError("forbidden", REFUSALS[reason], { extensions: { signIn: reason }, cause });
}

/** The account of somebody vouched for, as its groups are now. Throws AppError `forbidden`, see `refused`. */
export async function admitVouched(vouched: Vouched): Promise<Person> {
  const known = await findVouched(vouched);
  const role = roleOfGroups(vouched.groups);
  if (known?.disabled) throw refused("disabled");
  if (role === null) {
    if (known) await signOut(known.id);
    throw refused("no_role");
  }
  if (!known) return enrol(vouched, role);
  return known.role === role ? known : follow(known, role, vouched);
}

async function findVouched({ via, name, account }: Vouched): Promise<Person | null> {
  if (account) return findPersonByAccount(account);
  const person = await findPersonByName(name);
  if (person && person.via !== via) throw refused("account_not_linked");
  return person;
}

async function enrol(vouched: Vouched, role: Role): Promise<Person> {
  const { via, name, account, address } = vouched;
  // until somebody has proven that the server is theirs, nobody's word makes accounts
  if (await isOpen()) throw refused("setup_first");
  const asked = { actor: name, address, action: "user.create", subject: name, intent: { role, via } };
  return audited(asked, async () => {
    const made = await insertPerson({ name, role, via, account, services: null, verbs: null, passwordHash: null });
    // a page asks for several things at once: another of its requests may have been first
    const person = made ?? (await findVouched(vouched));
    if (!person) throw refused("account_not_linked");
    return person;
  });
}

/** The groups decide, for the last admin too: the command line on the server can always make another. */
async function follow(person: Person, role: Role, { address }: Vouched): Promise<Person> {
  const { id, name } = person;
  const asked = { actor: name, address, action: "user.change", subject: name, intent: { role, by: "groups" } };
  await audited(asked, () => writeRole(id, role));
  endStreamsOf(id);
  return { ...person, role };
}

async function signOut(userId: string): Promise<void> {
  await deleteSessions(userId, {});
  // also who had no session: the proxy's word alone had opened their streams
  endStreamsOf(userId);
}
