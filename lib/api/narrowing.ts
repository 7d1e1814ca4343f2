/** How an account or a token is limited to some services and verbs: in a request, in an answer, and from the one to the other. */
import { z } from "@hono/zod-openapi";
import type { Grant } from "#lib/auth/access.ts";
import { patternsSchema, VERBS, verbsSchema } from "#lib/auth/role.ts";

export const narrowing = { services: patternsSchema.nullable().optional(), verbs: verbsSchema.nullable().optional() };

export const narrowed = {
  services: z.array(z.string()).nullable().describe("patterns; null: every service"),
  verbs: z.array(z.enum(VERBS)).nullable().describe("null: all that the role gives"),
};

export function shownNarrowing({ services, verbs }: Pick<Grant, "services" | "verbs">) {
  return { services: services && [...services], verbs: verbs && [...verbs] };
}
