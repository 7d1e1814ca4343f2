import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { claimAttempt } from "#lib/auth/attempts.ts";
import type { Caller } from "#lib/auth/caller.ts";
import { verifyPassword } from "#lib/auth/password.ts";
import { readPerson } from "#lib/auth/people.ts";
import { ROLES, VERBS } from "#lib/auth/role.ts";
import { beginSession, endSessions } from "#lib/auth/sessions.ts";
import { listSessions, passwordHashOf } from "#lib/auth/store.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Me = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    verbs: z.array(z.enum(VERBS)),
    services: z.array(z.string()).nullable().describe("patterns; null: every service"),
    kind: z.enum(["session", "token", "proxy"]),
    session: z
      .object({ id: z.string(), createdAt: z.string(), expiresAt: z.string(), freshUntil: z.string() })
      .nullable(),
    twoFactor: z.boolean(),
    passkeys: z.number().int(),
    hasPassword: z.boolean(),
  })
  .openapi("Me");

const me = createRoute({
  method: "get",
  path: "/me",
  ...access("self"),
  summary: "Who I am, and what I may do",
  tags: ["Accounts"],
  responses: { 200: { description: "the caller", content: { "application/json": { schema: Me } } } },
});

const stepUp = createRoute({
  method: "post",
  path: "/me/step-up",
  ...access("self"),
  summary: "Confirm who I am, for ten minutes",
  tags: ["Accounts"],
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ password: z.string().max(256) }) } },
    },
  },
  responses: {
    204: { description: "the session goes on under a new id" },
    ...problemResponses("validation", "forbidden", "rate_limited"),
  },
});

const sessions = createRoute({
  method: "get",
  path: "/sessions",
  ...access("self"),
  summary: "Where I am signed in",
  tags: ["Accounts"],
  responses: {
    200: {
      description: "the newest first",
      content: {
        "application/json": {
          schema: z.object({
            items: z.array(
              z.object({
                id: z.string(),
                current: z.boolean(),
                address: z.string(),
                userAgent: z.string(),
                createdAt: z.string(),
                lastSeenAt: z.string(),
                expiresAt: z.string(),
              }),
            ),
          }),
        },
      },
    },
  },
});

const endOne = createRoute({
  method: "delete",
  path: "/sessions/{id}",
  ...access("self"),
  summary: "Sign out there",
  tags: ["Accounts"],
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: { 204: { description: "ended" }, ...problemResponses("not_found") },
});

const endOthers = createRoute({
  method: "delete",
  path: "/sessions",
  ...access("self"),
  summary: "Sign out everywhere else",
  tags: ["Accounts"],
  responses: { 204: { description: "ended" } },
});

export const meRoutes = router()
  .openapi(me, async (c) => c.json(await describeCaller(callerOf(c)), 200))
  .openapi(stepUp, async (c) => {
    const caller = callerOf(c);
    if (caller.kind === "token") throw new AppError("forbidden", "A token needs no step-up, and gets no session");
    const { id: userId, name } = caller.person;
    const hash = await passwordHashOf(userId);
    if (hash === null) throw new AppError("forbidden", withoutPassword(caller));
    const { address, session } = caller;
    const right = claimAttempt({ address, account: name, known: true, own: true });
    await audited({ ...actorOf(c), action: "session.step-up", subject: name, intent: {} }, async () => {
      if (!(await verifyPassword(hash, c.req.valid("json").password)))
        throw new AppError("forbidden", "That is not your password");
    });
    right();
    const userAgent = c.req.header("user-agent") ?? "";
    c.header("set-cookie", await beginSession({ userId, address, userAgent, instead: session, passwordHash: hash }));
    return c.body(null, 204);
  })
  .openapi(sessions, async (c) => {
    const { person, session } = callerOf(c);
    const items = (await listSessions(person.id)).map(
      ({ id, address, userAgent, createdAt, lastSeenAt, expiresAt }) => ({
        id,
        current: id === session?.id,
        address,
        userAgent,
        createdAt: timestamp(createdAt),
        lastSeenAt: timestamp(lastSeenAt),
        expiresAt: timestamp(expiresAt),
      }),
    );
    return c.json({ items }, 200);
  })
  .openapi(endOne, async (c) => {
    const { person } = callerOf(c);
    const { id } = c.req.valid("param");
    await audited(
      { ...actorOf(c), action: "session.revoke", subject: person.name, intent: { session: id } },
      async () => {
        if ((await endSessions(person.id, { id })) === 0)
          throw new AppError("not_found", `You have no session ${id}. GET /api/v1/sessions lists yours`);
      },
    );
    return c.body(null, 204);
  })
  .openapi(endOthers, async (c) => {
    const { person, session } = callerOf(c);
    const asked = { ...actorOf(c), action: "session.revoke", subject: person.name, intent: { session: "all others" } };
    await audited(asked, () => endSessions(person.id, { but: session?.id ?? null }));
    return c.body(null, 204);
  });

/** A caller as `/me` tells them; pages are drawn with the same. */
export async function describeCaller(caller: Caller): Promise<z.infer<typeof Me>> {
  const { twoFactor, passkeys, hasPassword } = await readPerson(caller.person.id);
  const { session, freshUntil, access: allowed } = caller;
  return {
    id: caller.person.id,
    name: caller.person.name,
    role: allowed.role,
    verbs: VERBS.filter((verb) => allowed.verbs.has(verb)),
    services: allowed.services === null ? null : [...new Set(allowed.services.flat())],
    kind: caller.kind,
    session: session && {
      id: session.id,
      createdAt: timestamp(session.createdAt),
      expiresAt: timestamp(session.expiresAt),
      freshUntil: timestamp(freshUntil!),
    },
    twoFactor,
    passkeys,
    hasPassword,
  };
}

/** How somebody proves themselves who has no password here. */
function withoutPassword({ kind, person }: Caller): string {
  const setOne = `set one on the server: npm run -s trihelm -- user set-password ${person.name}`;
  if (kind === "proxy")
    return `This account has no password to confirm with, only the proxy's word. To have one, ${setOne}`;
  const provider = person.via === "oidc" && env().oidc ? `sign in by ${env().oidc?.name} again, ` : "";
  return `This account has no password. Use a passkey, ${provider}or ${setOne}`;
}
