/** What one caller may do to what, decided from role, verbs and patterns alone: pure, and the only place that decides it. */
import { fitsStars } from "#lib/platform/wildcard.ts";
import { GIVES, type Role, rankOf, type Verb } from "./role.ts";

export interface Access {
  role: Role;
  verbs: ReadonlySet<Verb>;
  /** null: every service; otherwise each list must be matched, so that a token narrows what its owner has */
  services: readonly (readonly string[])[] | null;
  /** equal for callers who see the same: what is made once for one of them serves all */
  key: string;
}

export interface Grant {
  role: Role;
  verbs: readonly Verb[] | null;
  services: readonly string[] | null;
}

/** The access that several grants leave together: the least of each. An account's own, and a token's on top of it. */
export function accessOf(grant: Grant, ...narrower: { [K in keyof Grant]: Grant[K] | null }[]): Access {
  const all = [grant, ...narrower];
  const role = all.reduce<Role>(
    (least, { role: one }) => (one !== null && rankOf(one) < rankOf(least) ? one : least),
    grant.role,
  );
  const services = all.flatMap((one) => (one.services === null ? [] : [one.services]));
  // who manages people can give themselves everything: that and a limit to some services exclude each other
  const given = GIVES[role].filter((verb) => verb !== "manage" || services.length === 0);
  const verbs = given.filter((verb) => all.every((one) => one.verbs === null || one.verbs.includes(verb)));
  return {
    role,
    verbs: new Set(verbs),
    services: services.length === 0 ? null : services,
    key: JSON.stringify([verbs, services]),
  };
}

/** True when the caller may do this to this service (`null`: to something that is no service). */
export function may(access: Access, verb: Verb, service: string | null): boolean {
  return access.verbs.has(verb) && (service === null || reaches(access, service));
}

/** True when this service is within the caller's patterns. */
export function reaches(access: Pick<Access, "services">, service: string): boolean {
  return access.services === null || access.services.every((patterns) => patterns.some((one) => fits(one, service)));
}

/** True when a service of this scope (`local/docker`) can be within the caller's patterns. */
export function reachesScope(access: Pick<Access, "services">, scope: string): boolean {
  const scopeOf = (pattern: string) => pattern.split("/").slice(0, 2).join("/");
  return access.services === null || access.services.every((own) => own.some((one) => fits(scopeOf(one), scope)));
}

const LETTERS = { isStar: (sign: string) => sign === "*", fits: (sign: string, letter: string) => sign === letter };

/** Part by part: a star never leaves its own. */
function fits(pattern: string, service: string): boolean {
  const patterns = pattern.split("/");
  const parts = service.split("/");
  return patterns.length === parts.length && patterns.every((one, at) => fitsStars(one, parts[at]!, LETTERS));
}
