import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { runPlan } from "#lib/backups/plans/run-plans.ts";
import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  listSchedules,
  previewCron,
  requirePlan,
  scheduleChangeSchema,
} from "#lib/backups/plans/schedules.ts";
import { hasRestic } from "#lib/backups/restic/probe.ts";
import { newScheduleSchema, scheduleSchema } from "#lib/backups/shapes.ts";
import { jobSchema } from "#lib/jobs/job.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { refuseHolding } from "./holding.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Schedule = z.object(scheduleSchema.shape).openapi("Schedule");
const tags = ["Backups"];
const params = z.object({ id: z.string().max(100) });

const ALWAYS = ["archive"] as const;
const SOMETIMES = ["restic"] as const;

const list = createRoute({
  method: "get",
  path: "/schedules",
  ...access("read", "filtered"),
  summary: "Plans: what is backed up when, and how much is kept",
  tags,
  responses: {
    200: {
      description: "in the order of their making; `engines`: what a plan or a backup can be made by on this server",
      content: {
        "application/json": {
          schema: z.object({ items: z.array(Schedule), engines: z.array(z.enum(["archive", "restic"])) }),
        },
      },
    },
  },
});
const preview = createRoute({
  method: "get",
  path: "/schedules/preview",
  ...access("read"),
  summary: "What a cron expression means, in words and times",
  tags,
  request: { query: z.strictObject({ cron: z.string().max(120), timezone: z.string().max(64) }) },
  responses: {
    200: {
      description: "the next three times",
      content: { "application/json": { schema: z.object({ words: z.string(), nextRuns: z.array(z.string()) }) } },
    },
    ...problemResponses("validation"),
  },
});
const create = createRoute({
  method: "post",
  path: "/schedules",
  ...access("configure"),
  summary: "Make a plan",
  description: "Five fields of cron in a time zone. All numbers of `keep` zero: nothing is ever removed by it.",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newScheduleSchema } } } },
  responses: {
    201: { description: "it runs when it is due", content: { "application/json": { schema: Schedule } } },
    ...problemResponses("validation", "forbidden", "not_found"),
  },
});
const change = createRoute({
  method: "patch",
  path: "/schedules/{id}",
  ...access("configure"),
  summary: "Change a plan, or turn it off",
  tags,
  request: { params, body: { required: true, content: { "application/json": { schema: scheduleChangeSchema } } } },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Schedule } } },
    ...problemResponses("validation", "forbidden", "not_found"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/schedules/{id}",
  ...access("configure"),
  summary: "Remove a plan; the backups it has made stay",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found") },
});

const run = createRoute({
  method: "post",
  path: "/schedules/{id}/run",
  ...access("backup", "filtered"),
  summary: "Run a plan now, beside its times",
  tags,
  request: { params },
  responses: {
    202: { description: "the backup's job", content: { "application/json": { schema: z.object(jobSchema.shape) } } },
    ...problemResponses("forbidden", "not_found", "conflict"),
  },
});

export const scheduleRoutes = router()
  .openapi(list, async (c) => {
    const items = await listSchedules(callerOf(c).access);
    return c.json({ items, engines: [...ALWAYS, ...((await hasRestic()) ? SOMETIMES : [])] }, 200);
  })
  .openapi(preview, (c) => {
    const { cron, timezone } = c.req.valid("query");
    return c.json(previewCron(cron, timezone), 200);
  })
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    const [subject] = Object.values(wanted.source);
    const asked = { ...actorOf(c), action: "schedule.create", subject: subject ?? "", intent: { ...wanted } };
    return c.json(await audited(asked, () => createSchedule(wanted)), 201);
  })
  .openapi(change, async (c) => {
    const plan = await requirePlan(c.req.valid("param").id, callerOf(c).access);
    const wanted = c.req.valid("json");
    const asked = {
      ...actorOf(c),
      action: "schedule.change",
      subject: plan.sourceKey,
      intent: { id: plan.id, ...wanted },
    };
    return c.json(await audited(asked, () => changeSchedule(plan, wanted)), 200);
  })
  .openapi(remove, async (c) => {
    const plan = await requirePlan(c.req.valid("param").id, callerOf(c).access);
    const asked = {
      ...actorOf(c),
      action: "schedule.delete",
      subject: plan.sourceKey,
      intent: { id: plan.id, cron: plan.cron },
    };
    await audited(asked, () => deleteSchedule(plan));
    return c.body(null, 204);
  })
  .openapi(run, async (c) => {
    const plan = await requirePlan(c.req.valid("param").id, callerOf(c).access);
    await refuseHolding(c, plan.source, plan.consistency);
    const { actor, address } = actorOf(c);
    const asked = { actor, address, action: "backup.create", subject: plan.sourceKey, intent: { schedule: plan.id } };
    return c.json(await audited(asked, () => runPlan(plan, actor)), 202);
  });
