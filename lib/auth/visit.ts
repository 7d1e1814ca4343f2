/** What one request to the account library knows of itself, where the library passes it on to nobody. */
import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/platform/singleton.ts";
import type { Refusal } from "./vouched.ts";

export interface Visit {
  address: string;
  /** when the provider last asked its person who they are; null: it does not say, and was not told to */
  provenAt: Date | null;
  /** hashes that a password was checked against, or made into, in this visit */
  passwordHashes: Set<string>;
  /** why somebody is not let in, where the library would tell it in words of its own */
  refusal: Refusal | null;
}

const visits = () => singleton("auth.visits", () => new AsyncLocalStorage<Visit>());

export function visiting<T>(address: string, work: (visit: Visit) => Promise<T>): Promise<T> {
  const visit: Visit = { address, provenAt: null, passwordHashes: new Set(), refusal: null };
  return visits().run(visit, () => work(visit));
}

/** The visit that is under way. Throws outside of one. */
export function currentVisit(): Visit {
  const visit = visits().getStore();
  if (!visit) throw new Error("nobody is visiting the account library");
  return visit;
}
