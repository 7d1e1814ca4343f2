import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import {
  addPerson,
  changePerson,
  readPerson,
  removePerson,
  removeSecondFactor,
  requirePerson,
} from "#lib/auth/people.ts";
import { nameSchema, passwordSchema, ROLES, roleSchema } from "#lib/auth/role.ts";
import { endSessions } from "#lib/auth/sessions.ts";
import { listPeople, type PersonRow } from "#lib/auth/store.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { actorOf } from "./caller.ts";
import { access } from "./gate.ts";
import { narrowed, narrowing, shownNarrowing } from "./narrowing.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const User = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    disabled: z.boolean(),
    ...narrowed,
    createdAt: z.string(),
    lastSeenAt: z.string().nullable(),
    twoFactor: z.boolean(),
    passkeys: z.number().int(),
    hasPassword: z.boolean(),
    via: z.enum(["local", "oidc", "proxy"]),
  })
  .openapi("User");

const params = z.object({ id: z.string().min(1).max(100).describe("the account's id or name") });
const answers = (description: string) => ({ description, content: { "application/json": { schema: User } } });

const list = createRoute({
  method: "get",
  path: "/users",
  ...access("manage"),
  summary: "Everybody with an account",
  tags: ["Accounts"],
  responses: {
    200: {
      description: "the oldest first",
      content: { "application/json": { schema: z.object({ items: z.array(User) }) } },
    },
  },
});

const one = createRoute({
  method: "get",
  path: "/users/{id}",
  ...access("manage"),
  summary: "One account",
  tags: ["Accounts"],
  request: { params },
  responses: { 200: answers("the account"), ...problemResponses("not_found") },
});

const add = createRoute({
  method: "post",
  path: "/users",
  ...access("manage", "host", { fresh: true }),
  summary: "Make an account",
  tags: ["Accounts"],
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ name: nameSchema, password: passwordSchema, role: roleSchema, ...narrowing }),
        },
      },
    },
  },
  responses: { 201: answers("made"), ...problemResponses("validation", "conflict") },
});

const change = createRoute({
  method: "patch",
  path: "/users/{id}",
  ...access("manage", "host", { fresh: true }),
  summary: "Change what somebody may do, or their password",
  description: "Their open streams end, and with a new password or when disabled all their sessions.",
  tags: ["Accounts"],
  request: {
    params,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            role: roleSchema.optional(),
            disabled: z.boolean().optional(),
            password: passwordSchema.optional(),
            ...narrowing,
          }),
        },
      },
    },
  },
  responses: { 200: answers("as it is now"), ...problemResponses("validation", "not_found", "conflict") },
});

const remove = createRoute({
  method: "delete",
  path: "/users/{id}",
  ...access("manage", "host", { fresh: true }),
  summary: "Remove an account, with its tokens",
  tags: ["Accounts"],
  request: { params },
  responses: { 204: { description: "removed" }, ...problemResponses("not_found", "conflict") },
});

const signOut = createRoute({
  method: "delete",
  path: "/users/{id}/sessions",
  ...access("manage", "host", { fresh: true }),
  summary: "Sign somebody out everywhere",
  tags: ["Accounts"],
  request: { params },
  responses: { 204: { description: "signed out" }, ...problemResponses("not_found") },
});

const oneFactor = createRoute({
  method: "delete",
  path: "/users/{id}/two-factor",
  ...access("manage", "host", { fresh: true }),
  summary: "Take somebody's second factor away, who lost it",
  tags: ["Accounts"],
  request: { params },
  responses: { 204: { description: "their password alone signs them in" }, ...problemResponses("not_found") },
});

export const userRoutes = router()
  .openapi(list, async (c) => c.json({ items: (await listPeople()).map(shown) }, 200))
  .openapi(one, async (c) => c.json(shown(await readPerson(c.req.valid("param").id)), 200))
  .openapi(add, async (c) => {
    const { password, services = null, verbs = null, ...given } = c.req.valid("json");
    const account = { ...given, services, verbs };
    const asked = { ...actorOf(c), action: "user.create", subject: given.name, intent: account };
    const person = await audited(asked, () => addPerson({ ...account, password }));
    return c.json(shown(await readPerson(person.id)), 201);
  })
  .openapi(change, async (c) => {
    const person = await requirePerson(c.req.valid("param").id);
    const { password, ...rights } = c.req.valid("json");
    const intent = { ...rights, ...(password === undefined ? {} : { password: "changed" }) };
    const asked = { ...actorOf(c), action: "user.change", subject: person.name, intent };
    await audited(asked, () => changePerson(person.id, c.req.valid("json")));
    return c.json(shown(await readPerson(person.id)), 200);
  })
  .openapi(remove, async (c) => {
    const person = await requirePerson(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "user.delete", subject: person.name, intent: {} };
    await audited(asked, () => removePerson(person.id));
    return c.body(null, 204);
  })
  .openapi(signOut, async (c) => {
    const person = await requirePerson(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "user.sign-out", subject: person.name, intent: {} };
    await audited(asked, () => endSessions(person.id, {}));
    return c.body(null, 204);
  })
  .openapi(oneFactor, async (c) => {
    const person = await requirePerson(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "user.second-factor.remove", subject: person.name, intent: {} };
    await audited(asked, () => removeSecondFactor(person.id));
    return c.body(null, 204);
  });

function shown(person: PersonRow): z.infer<typeof User> {
  const { createdAt, lastSeenAt, ...rest } = person;
  return {
    ...rest,
    ...shownNarrowing(person),
    createdAt: timestamp(createdAt),
    lastSeenAt: lastSeenAt && timestamp(lastSeenAt),
  };
}
