import { createRoute, z } from "@hono/zod-openapi";
import { changeMute, createMute, listMutes, muteChangeSchema, removeMute, requireMute } from "#lib/alerts/mutes.ts";
import { acknowledge, listAlerts, readAlert } from "#lib/alerts/read.ts";
import { changeRule, createRule, listRules, removeRule, requireRule, ruleChangeSchema } from "#lib/alerts/rules.ts";
import { alertSchema, muteSchema, newMuteSchema, newRuleSchema, ruleSchema } from "#lib/alerts/shapes.ts";
import { audited } from "#lib/audit/audited.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Alert = z.object(alertSchema.shape).openapi("Alert");
const Rule = z.object(ruleSchema.shape).openapi("AlertRule");
const Mute = z.object(muteSchema.shape).openapi("Mute");
const tags = ["Alerts"];
const params = z.object({ id: z.string().max(100) });
const body = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { "application/json": { schema } } },
});
const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

const rules = createRoute({
  method: "get",
  path: "/alerts/rules",
  ...access("read", "filtered"),
  summary: "What alerts are about",
  tags,
  responses: {
    200: json(
      "those that are there from the start first; `words` says each in a sentence",
      z.object({ items: z.array(Rule) }),
    ),
  },
});
const addRule = createRoute({
  method: "post",
  path: "/alerts/rules",
  ...access("configure"),
  summary: "Make a rule",
  description:
    "`services`: patterns such as local/docker/wa-*; empty means every service. `lasts`: seconds that it has to go on. Patterns of log rules are RE2.",
  tags,
  request: body(newRuleSchema),
  responses: { 201: json("it counts from now on", Rule), ...problemResponses("validation", "forbidden") },
});
const editRule = createRoute({
  method: "patch",
  path: "/alerts/rules/{id}",
  ...access("configure"),
  summary: "Change a rule, or turn it off",
  tags,
  request: { params, ...body(ruleChangeSchema) },
  responses: {
    200: json("as it is now; what it would not hold open any more is ended", Rule),
    ...problemResponses("validation", "forbidden", "not_found"),
  },
});
const dropRule = createRoute({
  method: "delete",
  path: "/alerts/rules/{id}",
  ...access("configure"),
  summary: "Remove a rule; what it holds open is ended",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found", "conflict") },
});

const mutes = createRoute({
  method: "get",
  path: "/alerts/mutes",
  ...access("read", "filtered"),
  summary: "Mutes and maintenance windows, newest first",
  tags,
  responses: { 200: json("those that are over too", z.object({ items: z.array(Mute) })) },
});
const addMute = createRoute({
  method: "post",
  path: "/alerts/mutes",
  ...access("act", "filtered"),
  summary: "Keep alerts from being told, for a while or again and again",
  description:
    "Alerts are kept all the same; those that are still open at its end are told then. With `cron` and `timezone` it begins at those times and goes on for `lasts` seconds.",
  tags,
  request: body(newMuteSchema),
  responses: { 201: json("it holds", Mute), ...problemResponses("validation", "forbidden") },
});
const editMute = createRoute({
  method: "patch",
  path: "/alerts/mutes/{id}",
  ...access("act", "filtered"),
  summary: "Change a mute or a maintenance window",
  tags,
  request: { params, ...body(muteChangeSchema) },
  responses: { 200: json("as it is now", Mute), ...problemResponses("validation", "forbidden", "not_found") },
});
const dropMute = createRoute({
  method: "delete",
  path: "/alerts/mutes/{id}",
  ...access("act", "filtered"),
  summary: "End a mute or a maintenance window",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found") },
});

const list = createRoute({
  method: "get",
  path: "/alerts",
  ...access("read", "filtered"),
  summary: "Alerts, newest first",
  tags,
  request: {
    query: z.strictObject({
      state: z.enum(["open", "ended", "all"]).default("all").describe("`open`: acknowledged ones too"),
      service: z.string().max(700).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      before: z.string().max(120).optional().describe("`next` of an earlier answer"),
    }),
  },
  responses: {
    200: json(
      "those that are part of another among them; `next` goes on where this ends, null: there are no more",
      z.object({ items: z.array(Alert), next: z.string().nullable() }),
    ),
    ...problemResponses("validation"),
  },
});
const one = createRoute({
  method: "get",
  path: "/alerts/{id}",
  ...access("read", "filtered"),
  summary: "One alert, with those that are part of it",
  tags,
  request: { params },
  responses: {
    200: json("`with`: alerts that are part of it", Alert.extend({ with: z.array(Alert) })),
    ...problemResponses("not_found"),
  },
});
const take = createRoute({
  method: "post",
  path: "/alerts/{id}/acknowledge",
  ...access("act", "filtered"),
  summary: "Say that somebody looks after it",
  description: "Once: sent again it changes nothing but the note.",
  tags,
  request: {
    params,
    body: {
      required: false,
      content: { "application/json": { schema: z.strictObject({ note: z.string().trim().max(1000).nullish() }) } },
    },
  },
  responses: { 200: json("as it is now", Alert), ...problemResponses("validation", "forbidden", "not_found") },
});

export const alertRoutes = router()
  .openapi(rules, async (c) => c.json({ items: await listRules(callerOf(c).access) }, 200))
  .openapi(addRule, async (c) => {
    const wanted = c.req.valid("json");
    const { actor } = callerOf(c);
    const asked = { ...actorOf(c), action: "alert-rule.create", subject: wanted.name, intent: { ...wanted } };
    return c.json(await audited(asked, () => createRule(wanted, actor)), 201);
  })
  .openapi(editRule, async (c) => {
    const rule = await requireRule(c.req.valid("param").id);
    const wanted = c.req.valid("json");
    const intent = { id: rule.id, ...wanted };
    const asked = { ...actorOf(c), action: "alert-rule.change", subject: rule.name, intent };
    return c.json(await audited(asked, () => changeRule(rule, wanted)), 200);
  })
  .openapi(dropRule, async (c) => {
    const rule = await requireRule(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "alert-rule.delete", subject: rule.name, intent: { id: rule.id } };
    await audited(asked, () => removeRule(rule));
    return c.body(null, 204);
  })
  .openapi(mutes, async (c) => c.json({ items: await listMutes(callerOf(c).access) }, 200))
  .openapi(addMute, async (c) => {
    const wanted = c.req.valid("json");
    const { access: own, actor: by } = callerOf(c);
    const subject = wanted.services.join(" ");
    const asked = { ...actorOf(c), action: "alert-mute.create", subject, intent: { ...wanted } };
    return c.json(await audited(asked, () => createMute(wanted, { access: own, by })), 201);
  })
  .openapi(editMute, async (c) => {
    const own = callerOf(c).access;
    const mute = await requireMute(c.req.valid("param").id, own);
    const wanted = c.req.valid("json");
    const intent = { id: mute.id, ...wanted };
    const asked = { ...actorOf(c), action: "alert-mute.change", subject: mute.services.join(" "), intent };
    return c.json(await audited(asked, () => changeMute(mute, wanted, own)), 200);
  })
  .openapi(dropMute, async (c) => {
    const mute = await requireMute(c.req.valid("param").id, callerOf(c).access);
    const intent = { id: mute.id };
    const asked = { ...actorOf(c), action: "alert-mute.delete", subject: mute.services.join(" "), intent };
    await audited(asked, () => removeMute(mute));
    return c.body(null, 204);
  })
  .openapi(list, async (c) => c.json(await listAlerts(c.req.valid("query"), callerOf(c).access), 200))
  .openapi(one, async (c) => c.json(await readAlert(c.req.valid("param").id, callerOf(c).access), 200))
  .openapi(take, async (c) => {
    const { id } = c.req.valid("param");
    const { access: own, actor: by } = callerOf(c);
    const note = c.req.valid("json").note || null;
    const { service, subject, title } = await readAlert(id, own);
    const asked = {
      ...actorOf(c),
      action: "alert.acknowledge",
      subject: service ?? subject,
      intent: { id, title, note },
    };
    return c.json(await audited(asked, () => acknowledge(id, { note, by, access: own })), 200);
  });
