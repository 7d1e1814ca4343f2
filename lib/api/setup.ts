import os from "node:os";
import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { claimAttempt } from "#lib/auth/attempts.ts";
import { isSecure } from "#lib/auth/cookie.ts";
import { addPerson } from "#lib/auth/people.ts";
import { nameSchema, passwordSchema } from "#lib/auth/role.ts";
import { beginSession } from "#lib/auth/sessions.ts";
import { close, isOpen, provesSetup, useSetup } from "#lib/auth/setup.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";
import { version } from "./version.ts";

const token = z.string().min(1).max(200).describe("the printed link's token, or the code of eight signs");

const state = createRoute({
  method: "get",
  path: "/setup",
  ...access("open"),
  summary: "Is this the first run?",
  tags: ["Accounts"],
  responses: {
    200: {
      description: "open: nobody has an account yet",
      content: { "application/json": { schema: z.object({ open: z.boolean(), host: z.string() }) } },
    },
  },
});

const check = createRoute({
  method: "post",
  path: "/setup/check",
  ...access("open"),
  summary: "Does this code open the first run? It is not used up",
  tags: ["Accounts"],
  request: { body: { required: true, content: { "application/json": { schema: z.strictObject({ token }) } } } },
  responses: { 204: { description: "it does" }, ...problemResponses("validation", "forbidden", "rate_limited") },
});

const setup = createRoute({
  method: "post",
  path: "/setup",
  ...access("open"),
  summary: "Make the first account, an admin, and sign in",
  tags: ["Accounts"],
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ token, name: nameSchema, password: passwordSchema }) },
      },
    },
  },
  responses: {
    201: {
      description: "made, and signed in by cookie",
      content: { "application/json": { schema: z.object({ id: z.string(), name: z.string(), role: z.string() }) } },
    },
    ...problemResponses("validation", "forbidden", "conflict", "rate_limited"),
  },
});

const methods = createRoute({
  method: "get",
  path: "/sign-in-methods",
  ...access("open"),
  summary: "How one may sign in here",
  tags: ["Accounts"],
  responses: {
    200: {
      description: "secure: people come by https, going by the base URL",
      content: {
        "application/json": {
          schema: z.object({
            password: z.boolean(),
            passkey: z.boolean(),
            oidc: z.object({ name: z.string() }).nullable(),
            secure: z.boolean(),
            version: z.string(),
            host: z.string(),
          }),
        },
      },
    },
  },
});

export const setupRoutes = router()
  .openapi(state, async (c) => c.json({ open: await isOpen(), host: os.hostname() }, 200))
  .openapi(methods, (c) => c.json(readSignInMethods(), 200))
  .openapi(check, async (c) => {
    if (!(await isOpen())) throw new AppError("forbidden", "This server is set up already. Sign in, or ask its admin");
    const right = claimAttempt({ address: peerAddress(c.req.raw.headers), account: null, known: false });
    if (!provesSetup(c.req.valid("json").token)) throw new AppError("forbidden", "This setup code is not valid");
    right();
    return c.body(null, 204);
  })
  .openapi(setup, async (c) => {
    const { token: given, name, password } = c.req.valid("json");
    const address = peerAddress(c.req.raw.headers);
    if (!(await isOpen())) throw new AppError("conflict", "This server is set up already. Sign in, or ask its admin");
    const right = claimAttempt({ address, account: null, known: false });
    const used = useSetup(given);
    right();
    try {
      const asked = { actor: name, address, action: "user.setup", subject: name, intent: { role: "admin" } };
      const account = { name, password, role: "admin", services: null, verbs: null, first: true } as const;
      const person = await audited(asked, () => addPerson(account));
      close();
      c.header(
        "set-cookie",
        await beginSession({ userId: person.id, address, userAgent: c.req.header("user-agent") ?? "" }),
      );
      return c.json({ id: person.id, name: person.name, role: person.role }, 201);
    } catch (error) {
      used.undo();
      throw error;
    }
  });

/** How one may sign in here; the sign-in page is drawn with the same. */
export function readSignInMethods() {
  return {
    password: true,
    passkey: true,
    oidc: env().oidc && { name: env().oidc!.name },
    secure: isSecure(),
    version: version(),
    host: os.hostname(),
  };
}
