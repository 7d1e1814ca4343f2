/** What people and scripts may do: three roles, each a set of verbs, and patterns that narrow them to some services. */
import { z } from "zod";

export const ROLES = ["viewer", "operator", "admin"] as const;
export const VERBS = ["read", "act", "backup", "restore", "delete", "reveal", "configure", "manage"] as const;

export type Role = (typeof ROLES)[number];
export type Verb = (typeof VERBS)[number];

/** What each role gives. `manage` is about people, tokens and settings; `configure` about services' own configuration. */
export const GIVES: Record<Role, readonly Verb[]> = {
  viewer: ["read"],
  operator: ["read", "act", "backup"],
  admin: VERBS,
};

/** From the least to the most. */
export const rankOf = (role: Role) => ROLES.indexOf(role);

export const roleSchema = z.enum(ROLES, "is viewer, operator or admin");
export const verbsSchema = z
  .array(z.enum(VERBS, `is one of ${VERBS.join(", ")}`))
  .min(1, "names at least one verb; leave it out for all that the role gives")
  .max(VERBS.length);

/** `local/docker/wa-*`: host, scope and name, percent-encoded like the id of a service; `*` stands for any signs but `/`. */
export const patternSchema = z
  .string()
  .max(400)
  .regex(/^[^/\s]+\/[^/\s]+\/[^/\s]+$/, "has three parts, as in local/docker/wa-* or local/*/*");
export const patternsSchema = z
  .array(patternSchema)
  .min(1, "names at least one pattern; leave it out for every service")
  .max(100);

/** 1 to 64 letters, digits, dots, dashes, underscores and `@`; kept as typed, compared in lower case. */
export const nameSchema = z
  .string("is missing")
  .max(64, "has at most 64 signs")
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]*$/,
    "has letters, digits, dots, dashes, underscores and @, and begins with a letter or digit",
  );

/** Long enough to withstand guessing; anything may be in it. */
export const passwordSchema = z.string().min(10, "has at least 10 signs").max(256, "has at most 256 signs");
