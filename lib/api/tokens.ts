import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { may } from "#lib/auth/access.ts";
import { recheckCallers } from "#lib/auth/live.ts";
import { requirePerson } from "#lib/auth/people.ts";
import { ROLES, roleSchema } from "#lib/auth/role.ts";
import { deleteToken, listTokens, type TokenRow } from "#lib/auth/store.ts";
import { handedOn, makeToken, tokenNameSchema } from "#lib/auth/tokens.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { narrowed, narrowing, shownNarrowing } from "./narrowing.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    user: z.string(),
    prefix: z.string().describe("its first signs, to tell it from others"),
    role: z.enum(ROLES).nullable().describe("at most this; null: as its owner"),
    ...narrowed,
    services: narrowed.services.describe("patterns; null: every service of its owner"),
    createdAt: z.string(),
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
  })
  .openapi("Token");

const list = createRoute({
  method: "get",
  path: "/tokens",
  ...access("self"),
  summary: "My tokens; with all=1 everybody's, for an admin",
  tags: ["Accounts"],
  request: { query: z.strictObject({ all: z.enum(["0", "1"]).optional() }) },
  responses: {
    200: {
      description: "the newest first",
      content: { "application/json": { schema: z.object({ items: z.array(Token) }) } },
    },
    ...problemResponses("validation", "forbidden"),
  },
});

const add = createRoute({
  method: "post",
  path: "/tokens",
  ...access("self", "host", { fresh: true }),
  summary: "Make a token for a script",
  description: "What it may is never more than its owner may. A token can make no wider one than itself.",
  tags: ["Accounts"],
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            name: tokenNameSchema,
            user: z.string().max(100).optional().describe("whose it is, for an admin; oneself unless told"),
            role: roleSchema.nullable().optional(),
            ...narrowing,
            expiresIn: z
              .number()
              .int()
              .min(60)
              .max(10 * 366 * 86_400)
              .nullable()
              .optional()
              .describe("seconds; null or left out: it does not end by itself"),
          }),
        },
      },
    },
  },
  responses: {
    201: {
      description: "its secret is in this answer and nowhere else",
      content: { "application/json": { schema: Token.extend({ token: z.string() }) } },
    },
    ...problemResponses("validation", "forbidden", "not_found"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/tokens/{id}",
  ...access("self", "host", { fresh: true }),
  summary: "Revoke a token",
  tags: ["Accounts"],
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: { 204: { description: "revoked" }, ...problemResponses("not_found") },
});

export const tokenRoutes = router()
  .openapi(list, async (c) => {
    const { access: allowed, person } = callerOf(c);
    const isAll = c.req.valid("query").all === "1";
    if (isAll && !may(allowed, "manage", null))
      throw new AppError("forbidden", "Only an admin sees everybody's tokens");
    return c.json({ items: (await listTokens(isAll ? null : person.id)).map(shown) }, 200);
  })
  .openapi(add, async (c) => {
    const { name, user, role = null, services = null, verbs = null, expiresIn = null } = c.req.valid("json");
    const caller = callerOf(c);
    if (user !== undefined && !may(caller.access, "manage", null))
      throw new AppError("forbidden", "Only an admin makes tokens for others");
    if (caller.kind === "token" && !may(caller.access, "manage", null))
      throw new AppError("forbidden", "This token may not make tokens: sign in, or use one that may manage");
    const owner = user === undefined ? caller.person : await requirePerson(user);
    const intent = handedOn(caller, { name, role, services, verbs, expiresIn });
    const asked = { ...actorOf(c), action: "token.create", subject: owner.name, intent: { ...intent } };
    const made = await audited(asked, () => makeToken(owner, intent));
    return c.json({ ...shown(made.row), token: made.token }, 201);
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const caller = callerOf(c);
    const owner = may(caller.access, "manage", null) ? null : caller.person.id;
    const found = (await listTokens(owner)).find((token) => token.id === id);
    if (!found) throw new AppError("not_found", `There is no token ${id}. GET /api/v1/tokens lists yours`);
    const asked = { ...actorOf(c), action: "token.revoke", subject: found.user, intent: { name: found.name } };
    await audited(asked, () => deleteToken(id));
    await recheckCallers();
    return c.body(null, 204);
  });

function shown({ userId: _, ...row }: TokenRow): z.infer<typeof Token> {
  const { createdAt, expiresAt, lastUsedAt, ...rest } = row;
  return {
    ...rest,
    ...shownNarrowing(row),
    createdAt: timestamp(createdAt),
    expiresAt: expiresAt && timestamp(expiresAt),
    lastUsedAt: lastUsedAt && timestamp(lastUsedAt),
  };
}
