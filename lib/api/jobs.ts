import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { may } from "#lib/auth/access.ts";
import type { Verb } from "#lib/auth/role.ts";
import { backupOf, findBackup } from "#lib/backups/store.ts";
import { startUndo } from "#lib/backups/undo.ts";
import { JOB_STATES, type JobKind, type JobWithLog, jobSchema, jobWithLogSchema } from "#lib/jobs/job.ts";
import { readJob, readJobs } from "#lib/jobs/read.ts";
import { cancelJob } from "#lib/jobs/run.ts";
import { viewJob } from "#lib/jobs/view.ts";
import { AppError } from "#lib/platform/errors.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { refuseHolding } from "./holding.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Job = z.object(jobSchema.shape).openapi("Job");
const address = z.object({ id: z.string().max(100) });
/** who may start a job of this kind may end it */
const ENDED_BY: Partial<Record<JobKind, Verb>> = {
  restore: "restore",
  undo: "restore",
  files: "restore",
  delete: "delete",
};

const list = createRoute({
  method: "get",
  path: "/jobs",
  ...access("read", "filtered"),
  summary: "Long work, under way and past, newest first",
  tags: ["Jobs"],
  request: {
    query: z.strictObject({
      state: z.enum(JOB_STATES).optional(),
      subject: z.string().max(5000).optional().describe("a volume's id or a source's key"),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(100).optional(),
    }),
  },
  responses: {
    200: {
      description: "without their logs",
      content: { "application/json": { schema: z.object({ items: z.array(Job), nextCursor: z.string().optional() }) } },
    },
    ...problemResponses("validation"),
  },
});

const one = createRoute({
  method: "get",
  path: "/jobs/{id}",
  ...access("read", "filtered"),
  summary: "One job with its log",
  tags: ["Jobs"],
  request: { params: address },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: jobWithLogSchema } } },
    ...problemResponses("not_found"),
  },
});

const cancel = createRoute({
  method: "post",
  path: "/jobs/{id}/cancel",
  ...access("backup", "filtered"),
  summary: "End a job: what it has changed is put back first",
  description:
    "Answers at once; the job is `cancelled` when everything is as it was. Takes the permission that began it.",
  tags: ["Jobs"],
  request: { params: address },
  responses: {
    202: { description: "it is being cancelled", content: { "application/json": { schema: Job } } },
    ...problemResponses("forbidden", "not_found", "conflict"),
  },
});

const undo = createRoute({
  method: "post",
  path: "/jobs/{id}/undo",
  ...access("restore", "filtered", { fresh: true }),
  summary: "Put back what a restore in place has replaced",
  description: "For seven days, by the safety copy that it made; what is there now gets a safety copy too.",
  tags: ["Jobs"],
  request: { params: address },
  responses: {
    202: { description: "the job that does it", content: { "application/json": { schema: Job } } },
    ...problemResponses("forbidden", "not_found", "conflict"),
  },
});

export const jobRoutes = router()
  .openapi(list, async (c) => {
    const { state, subject, limit, cursor } = c.req.valid("query");
    const { access: allowed } = callerOf(c);
    const found = await readJobs({ state, subject }, { limit, cursor: cursor ?? null });
    return c.json({ ...found, items: found.items.flatMap((job) => viewJob(job, allowed) ?? []) }, 200);
  })
  .openapi(one, async (c) =>
    c.json(viewJob(await jobOf(c.req.valid("param").id), callerOf(c).access) ?? missing(), 200),
  )
  .openapi(cancel, async (c) => {
    const { id } = c.req.valid("param");
    const job = viewJob(await jobOf(id), callerOf(c).access) ?? missing();
    const verb = ENDED_BY[job.kind] ?? "backup";
    if (!may(callerOf(c).access, verb, null))
      throw new AppError(
        "forbidden",
        `Ending this takes the permission ${verb}, which ${actorOf(c).actor} does not have`,
      );
    const asked = { ...actorOf(c), action: "job.cancel", subject: job.subject, intent: { job: id, kind: job.kind } };
    return c.json(await audited(asked, () => cancelJob(id)), 202);
  })
  .openapi(undo, async (c) => {
    const { id } = c.req.valid("param");
    const job = viewJob(await jobOf(id), callerOf(c).access) ?? missing();
    const safety = await findBackup(String(job.result?.safety ?? ""));
    if (safety) await refuseHolding(c, backupOf(safety).source, "exchange");
    const asked = { ...actorOf(c), action: "backup.undo", subject: job.subject, intent: { job: id } };
    return c.json(await audited(asked, () => startUndo(id, actorOf(c).actor)), 202);
  });

async function jobOf(id: string): Promise<JobWithLog> {
  return (await readJob(id)) ?? missing();
}

function missing(): never {
  throw new AppError("not_found", "There is no such job. GET /api/v1/jobs lists them");
}
