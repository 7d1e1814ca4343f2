import { createRoute, z } from "@hono/zod-openapi";
import {
  type ChannelChange,
  changeChannel,
  createChannel,
  deleteChannel,
  listChannels,
  requireChannel,
  testChannel,
} from "#lib/alerts/channels/channels.ts";
import { channelSchema, newChannelSchema, quietSchema } from "#lib/alerts/channels/shapes.ts";
import { SEVERITIES } from "#lib/alerts/shapes.ts";
import { audited } from "#lib/audit/audited.ts";
import { may } from "#lib/auth/access.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Channel = z.object(channelSchema.shape).openapi("Channel");
const tags = ["Alerts"];
const params = z.object({ id: z.string().max(100) });

const list = createRoute({
  method: "get",
  path: "/channels",
  ...access("read", "filtered"),
  summary: "Where alerts are told",
  tags,
  responses: {
    200: {
      description:
        "without secrets; `config` is empty for those who may not configure, and nothing is listed for those who are limited to some services",
      content: { "application/json": { schema: z.object({ items: z.array(Channel) }) } },
    },
  },
});
const create = createRoute({
  method: "post",
  path: "/channels",
  ...access("configure"),
  summary: "Make a channel: mail, webhook, ntfy, Gotify, Telegram, Discord, Slack, web push, Alertmanager, Apprise",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newChannelSchema } } } },
  responses: {
    201: { description: "not tried yet: test it", content: { "application/json": { schema: Channel } } },
    ...problemResponses("validation", "forbidden", "conflict"),
  },
});
const change = createRoute({
  method: "patch",
  path: "/channels/{id}",
  ...access("configure"),
  summary: "Change a channel; another address takes its secrets anew",
  tags,
  request: {
    params,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            name: z.string().trim().min(1).max(100).optional(),
            enabled: z.boolean().optional(),
            takesAll: z.boolean().optional(),
            severity: z.enum(SEVERITIES).optional(),
            quiet: quietSchema.nullable().optional(),
            config: z.record(z.string(), z.unknown()).optional().describe("what is left out stays"),
            secrets: z
              .record(z.string(), z.unknown())
              .optional()
              .describe("what is left out stays; null takes one away"),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Channel } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/channels/{id}",
  ...access("configure"),
  summary: "Forget a channel; what waits to leave through it is dropped",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found", "conflict") },
});
const test = createRoute({
  method: "post",
  path: "/channels/{id}/test",
  ...access("configure"),
  summary: "Send a message through it now",
  tags,
  request: { params },
  responses: {
    200: {
      description: "it left: `took` milliseconds, and `answer` is what the other side said",
      content: {
        "application/json": { schema: z.object({ ok: z.literal(true), took: z.number().int(), answer: z.string() }) },
      },
    },
    ...problemResponses("forbidden", "not_found", "action_failed"),
  },
});

export const channelRoutes = router()
  .openapi(list, async (c) => {
    const { access: own } = callerOf(c);
    // where alerts go belongs to no service
    const items = own.services === null ? await listChannels() : [];
    const maySee = may(own, "configure", null);
    return c.json({ items: maySee ? items : items.map((item) => ({ ...item, config: {} })) }, 200);
  })
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    const { secrets, name, ...rest } = wanted;
    const intent = { ...rest, secrets: Object.keys(secrets) };
    const asked = { ...actorOf(c), action: "channel.create", subject: name, intent };
    return c.json(await audited(asked, () => createChannel(wanted)), 201);
  })
  .openapi(change, async (c) => {
    const row = await requireChannel(c.req.valid("param").id);
    const { secrets, ...rest } = c.req.valid("json");
    const intent = { ...rest, ...(secrets ? { secrets: Object.keys(secrets) } : {}) };
    const asked = { ...actorOf(c), action: "channel.change", subject: row.name, intent };
    // what is not there is not named: the schema knows no member that is undefined
    const change = Object.fromEntries(Object.entries({ ...rest, secrets }).filter(([, value]) => value !== undefined));
    return c.json(await audited(asked, () => changeChannel(row, change as ChannelChange)), 200);
  })
  .openapi(remove, async (c) => {
    const row = await requireChannel(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "channel.delete", subject: row.name, intent: { id: row.id } };
    await audited(asked, () => deleteChannel(row));
    return c.body(null, 204);
  })
  .openapi(test, async (c) => {
    const row = await requireChannel(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "channel.test", subject: row.name, intent: { id: row.id } };
    return c.json(await audited(asked, () => testChannel(row, asked.actor, c.req.raw.signal)), 200);
  });
