import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audited } from "#lib/audit/audited.ts";
import type { Live } from "#lib/checks/book.ts";
import {
  changeCheck,
  checkChangeSchema,
  createCheck,
  listChecks,
  removeCheck,
  requireCheck,
  resultsOf,
  runNow,
  showCheck,
} from "#lib/checks/checks.ts";
import { checkResultSchema, checkSchema, newCheckSchema } from "#lib/checks/shapes.ts";
import { shownToReaders } from "#lib/checks/shown-config.ts";
import { actorOf, callerOf, ownUrl } from "./caller.ts";
import { access, requireFresh } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const tags = ["Checks"];
const Check = z.object(checkSchema.shape).openapi("Check");
const Result = z.object(checkResultSchema.shape).openapi("CheckResult");
const params = z.object({ id: z.string().max(100) });

const list = createRoute({
  method: "get",
  path: "/checks",
  ...access("read", "filtered"),
  summary: "Checks and heartbeats, and how they stand",
  description:
    "Secrets of addresses, headers and commands are masked; the address of a heartbeat is for who may change it.",
  tags,
  request: {
    query: z.object({
      service: z.string().max(700).optional(),
      recent: z.literal("1").optional().describe("each of the first 300 with its last 30 results"),
    }),
  },
  responses: {
    200: {
      description: "in the order of their making",
      content: { "application/json": { schema: z.object({ items: z.array(Check) }) } },
    },
  },
});
const get = createRoute({
  method: "get",
  path: "/checks/{id}",
  ...access("read", "filtered"),
  summary: "One check",
  tags,
  request: { params },
  responses: {
    200: { description: "as it stands", content: { "application/json": { schema: Check } } },
    ...problemResponses("not_found"),
  },
});
const create = createRoute({
  method: "post",
  path: "/checks",
  ...access("configure"),
  summary: "Make a check, or a heartbeat",
  description:
    "It is run at once. A command is an argv and no shell; to make one takes a sign-in or a step-up of the last ten minutes. A container can be called by its name where `service` is that container: `http://umami:3000`.",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newCheckSchema } } } },
  responses: {
    201: { description: "made", content: { "application/json": { schema: Check } } },
    ...problemResponses("validation", "forbidden", "conflict"),
  },
});
const change = createRoute({
  method: "patch",
  path: "/checks/{id}",
  ...access("configure"),
  summary: "Change a check, or turn it off",
  description: "What is left out stays, also in `config`; a header whose value is sent back masked stays what it was.",
  tags,
  request: { params, body: { required: true, content: { "application/json": { schema: checkChangeSchema } } } },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Check } } },
    ...problemResponses("validation", "forbidden", "not_found"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/checks/{id}",
  ...access("configure"),
  summary: "Remove a check with all that came of it",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found") },
});
const run = createRoute({
  method: "post",
  path: "/checks/{id}/run",
  ...access("act", "filtered"),
  summary: "Run a check now, beside its times",
  description: "Joins a run that is under way. A check that is turned off is run, and stays as it stands.",
  tags,
  request: { params },
  responses: {
    200: {
      description: "what came of it, and how the check stands now",
      content: { "application/json": { schema: z.object({ ...checkSchema.shape, result: Result }) } },
    },
    ...problemResponses("forbidden", "not_found", "conflict", "supervisor_unavailable"),
  },
});
const results = createRoute({
  method: "get",
  path: "/checks/{id}/results",
  ...access("read", "filtered"),
  summary: "What came of its runs, or of its calls",
  tags,
  request: { params, query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }) },
  responses: {
    200: {
      description: "newest first; the last 500 of 30 days are kept",
      content: { "application/json": { schema: z.object({ items: z.array(Result) }) } },
    },
    ...problemResponses("validation", "not_found"),
  },
});

export const checkRoutes = router()
  .openapi(list, async (c) => {
    const { service, recent } = c.req.valid("query");
    return c.json({ items: await listChecks(viewer(c), { service, recent: recent === "1" }) }, 200);
  })
  .openapi(get, async (c) => c.json(await showCheck(await required(c, c.req.valid("param").id), viewer(c)), 200))
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    if (wanted.kind === "command") requireFresh(callerOf(c));
    const { kind, name, service } = wanted;
    const intent = { kind, name, config: shownToReaders(wanted) };
    const asked = { ...actorOf(c), action: "check.create", subject: service ?? name, intent };
    const made = await audited(
      asked,
      () => createCheck(wanted, callerOf(c).actor),
      async ({ plan }) => ({ intent: { ...intent, id: plan.id } }),
    );
    return c.json(await showCheck(made, viewer(c)), 201);
  })
  .openapi(change, async (c) => {
    const live = await required(c, c.req.valid("param").id);
    const { config, ...wanted } = c.req.valid("json");
    if (live.plan.kind === "command") requireFresh(callerOf(c));
    // what of its config was sent is told by names: values may be secret
    const intent = { ...about(live), ...wanted, ...(config ? { config: Object.keys(config) } : {}) };
    const asked = { ...actorOf(c), action: "check.change", subject: subjectOf(live), intent };
    const given = { ...wanted, ...(config ? { config } : {}) };
    return c.json(await showCheck(await audited(asked, () => changeCheck(live, given)), viewer(c)), 200);
  })
  .openapi(remove, async (c) => {
    const live = await required(c, c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "check.delete", subject: subjectOf(live), intent: about(live) };
    await audited(asked, () => removeCheck(live.plan.id));
    return c.body(null, 204);
  })
  .openapi(run, async (c) => {
    const live = await required(c, c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "check.run", subject: subjectOf(live), intent: about(live) };
    const result = await audited(asked, () => runNow(live));
    return c.json({ ...(await showCheck(live, viewer(c))), result }, 200);
  })
  .openapi(results, async (c) => {
    const live = await required(c, c.req.valid("param").id);
    return c.json({ items: await resultsOf(live, c.req.valid("query").limit) }, 200);
  });

function required(c: Context, id: string): Promise<Live> {
  return requireCheck(id, callerOf(c).access);
}

function viewer(c: Context) {
  return { access: callerOf(c).access, origin: ownUrl(c) };
}

function subjectOf({ plan }: Live): string {
  return plan.service ?? plan.name;
}

function about({ plan }: Live) {
  return { id: plan.id, kind: plan.kind, name: plan.name };
}
