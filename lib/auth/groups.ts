/** Groups that a provider or a proxy names, as a role here: the highest that any of them gives. */
import { env } from "#lib/platform/env.ts";
import { ROLES, type Role } from "./role.ts";

/** Null: none of these groups has a role here. `*` among a role's groups stands for everybody. */
export function roleOfGroups(groups: readonly string[], mapped = env().roleGroups): Role | null {
  const gives = (role: Role) => mapped[role].some((group) => group === "*" || groups.includes(group));
  return ROLES.toReversed().find(gives) ?? null;
}

/** What a groups header says: names between commas, bars or semicolons, as different proxies write them. */
export function groupsInHeader(value: string | null): string[] {
  return namesOf((value ?? "").split(/[,|;]/));
}

/** What a claim says: a list of names, or one name. Dots lead into nested claims, as in `realm_access.roles`. */
export function groupsInClaims(claims: Record<string, unknown>, name: string): string[] | null {
  const found = Object.hasOwn(claims, name) ? claims[name] : nested(claims, name);
  if (typeof found === "string") return namesOf([found]);
  return Array.isArray(found) ? namesOf(found.filter((one) => typeof one === "string")) : null;
}

function nested(claims: unknown, name: string): unknown {
  return name.split(".").reduce<unknown>((inside, part) => {
    const isObject = inside !== null && typeof inside === "object" && Object.hasOwn(inside, part);
    return isObject ? (inside as Record<string, unknown>)[part] : undefined;
  }, claims);
}

// an empty name is nobody's group, and must not match one that the configuration has by mistake
function namesOf(names: readonly string[]): string[] {
  return names.map((one) => one.trim()).filter(Boolean);
}
