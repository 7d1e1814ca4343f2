import { createRoute, z } from "@hono/zod-openapi";
import {
  newSubscriptionSchema,
  subscribe,
  subscriptionSchema,
  subscriptionsOf,
  unsubscribe,
} from "#lib/alerts/channels/subscriptions.ts";
import { vapidKeys } from "#lib/alerts/channels/vapid.ts";
import { audited } from "#lib/audit/audited.ts";
import { browserWords } from "#lib/format/browser-words.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Subscription = z.object(subscriptionSchema.shape).openapi("PushSubscription");
const tags = ["Alerts"];

const key = createRoute({
  method: "get",
  path: "/push/key",
  ...access("self"),
  summary: "What a browser subscribes with: this server's public key",
  tags,
  responses: {
    200: {
      description: "base64url, for `applicationServerKey`",
      content: { "application/json": { schema: z.object({ key: z.string() }) } },
    },
  },
});
const list = createRoute({
  method: "get",
  path: "/push/subscriptions",
  ...access("self"),
  summary: "Browsers of mine that show alerts",
  tags,
  responses: {
    200: {
      description: "in the order of their making",
      content: { "application/json": { schema: z.object({ items: z.array(Subscription) }) } },
    },
  },
});
const create = createRoute({
  method: "post",
  path: "/push/subscriptions",
  ...access("self"),
  summary: "Let this browser show alerts about what I may see",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newSubscriptionSchema } } } },
  responses: {
    201: {
      description: "the same browser again is the same",
      content: { "application/json": { schema: Subscription } },
    },
    ...problemResponses("validation", "forbidden", "conflict"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/push/subscriptions/{id}",
  ...access("self"),
  summary: "Tell one browser of mine nothing any more",
  tags,
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: { 204: { description: "it is forgotten" }, ...problemResponses("forbidden", "not_found") },
});

export const pushRoutes = router()
  .openapi(key, async (c) => c.json({ key: (await vapidKeys()).publicKey }, 200))
  .openapi(list, async (c) => c.json({ items: await subscriptionsOf(callerOf(c).person.id) }, 200))
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    const label = wanted.label || browserWords(c.req.header("user-agent") ?? "");
    const { person } = callerOf(c);
    const intent = { at: new URL(wanted.endpoint).host, label };
    const asked = { ...actorOf(c), action: "push.subscribe", subject: person.name, intent };
    return c.json(await audited(asked, () => subscribe(person.id, { ...wanted, label })), 201);
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const { person } = callerOf(c);
    const asked = { ...actorOf(c), action: "push.unsubscribe", subject: person.name, intent: { id } };
    await audited(asked, () => unsubscribe(id, person.id));
    return c.body(null, 204);
  });
