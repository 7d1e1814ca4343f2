import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audited } from "#lib/audit/audited.ts";
import { may, reaches } from "#lib/auth/access.ts";
import { changeNote } from "#lib/backups/change.ts";
import { startVerify } from "#lib/backups/check.ts";
import { startDrill } from "#lib/backups/drill.ts";
import { planRestore } from "#lib/backups/plan-restore.ts";
import { maySee, readBackups, requireBackup } from "#lib/backups/read.ts";
import { removeBackup } from "#lib/backups/remove.ts";
import { startRestore } from "#lib/backups/restore.ts";
import { isGuardedBackup } from "#lib/backups/reveal.ts";
import { startBackup } from "#lib/backups/run.ts";
import { backupSchema, newBackupSchema, restorePlanSchema, restoreSchema } from "#lib/backups/shapes.ts";
import { sourceKeyOf } from "#lib/backups/source-key.ts";
import { type BackupRow, backupOf, extraOf } from "#lib/backups/store.ts";
import { addressFor, volumeId } from "#lib/backups/volume-at.ts";
import { jobSchema } from "#lib/jobs/job.ts";
import { AppError } from "#lib/platform/errors.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { refuseHolding } from "./holding.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Backup = z.object(backupSchema.shape).openapi("Backup");
const Job = z.object(jobSchema.shape);
const address = z.object({ id: z.string().max(100) });
const tags = ["Backups"];
const begun = {
  202: { description: "the job that does it", content: { "application/json": { schema: Job } } },
  ...problemResponses("validation", "forbidden", "not_found", "conflict", "action_failed", "supervisor_unavailable"),
};
const json = <S extends z.ZodType>(schema: S) => ({ required: true, content: { "application/json": { schema } } });

const list = createRoute({
  method: "get",
  path: "/backups",
  ...access("read", "filtered"),
  summary: "Backups, newest first",
  tags,
  request: {
    query: z.strictObject({
      source: z.string().max(5000).optional().describe("a volume's id, or the key of any other source"),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      cursor: z.string().max(100).optional(),
    }),
  },
  responses: {
    200: {
      description: "those that were proven when they were made",
      content: {
        "application/json": { schema: z.object({ items: z.array(Backup), nextCursor: z.string().optional() }) },
      },
    },
    ...problemResponses("validation"),
  },
});

const make = createRoute({
  method: "post",
  path: "/backups",
  ...access("backup", "filtered"),
  summary: "Back something up now",
  description:
    "`pause`, the default, freezes what uses the source while it is read; `stop` stops and starts it; `live` does neither, and takes SQLite databases by SQLite's own means.",
  tags,
  request: { body: json(newBackupSchema) },
  responses: begun,
});

const one = createRoute({
  method: "get",
  path: "/backups/{id}",
  ...access("read", "filtered"),
  summary: "One backup",
  tags,
  request: { params: address },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Backup } } },
    ...problemResponses("not_found"),
  },
});

const change = createRoute({
  method: "patch",
  path: "/backups/{id}",
  ...access("backup", "filtered"),
  summary: "Note it, pin it: retention leaves a pinned one alone",
  tags,
  request: {
    params: address,
    body: json(z.strictObject({ note: z.string().max(500).nullable().optional(), kept: z.boolean().optional() })),
  },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Backup } } },
    ...problemResponses("validation", "not_found"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/backups/{id}",
  ...access("delete", "filtered", { fresh: true }),
  summary: "Remove archive, copies and record",
  description: "409 with `confirm` where it is the last good one of something that is still there.",
  tags,
  request: { params: address, query: z.strictObject({ confirm: z.string().max(4096).optional() }) },
  responses: { 204: { description: "it is gone" }, ...problemResponses("not_found", "conflict", "action_failed") },
});

const verify = createRoute({
  method: "post",
  path: "/backups/{id}/verify",
  ...access("backup", "filtered"),
  summary: "Read the whole archive and compare every checksum",
  tags,
  request: { params: address },
  responses: begun,
});

const drill = createRoute({
  method: "post",
  path: "/backups/{id}/drill",
  ...access("backup", "filtered"),
  summary: "Restore it for a moment, compare every file, ask every database",
  tags,
  request: { params: address },
  responses: begun,
});

const restore = createRoute({
  method: "post",
  path: "/backups/{id}/restore",
  ...access("restore", "filtered", { fresh: true }),
  summary: "Restore into a new volume, or in place",
  description:
    "In place: proven first, users stopped, a safety copy made, the content replaced exactly, users started, health awaited; the old content goes back by itself where anything of that fails.",
  tags,
  request: { params: address, body: json(restoreSchema) },
  responses: begun,
});

const plan = createRoute({
  method: "get",
  path: "/backups/{id}/restore-plan",
  ...access("restore", "filtered"),
  summary: "What a restore would do, who would stop and how long it may take",
  tags,
  request: {
    params: address,
    query: z.strictObject({ inPlace: z.enum(["1"]).optional(), volume: z.string().max(700).optional() }),
  },
  responses: {
    200: {
      description: "`refusal` says why it cannot be done now",
      content: { "application/json": { schema: restorePlanSchema } },
    },
    ...problemResponses("validation", "not_found"),
  },
});

export const backupRoutes = router()
  .openapi(list, async (c) => {
    const { source, limit, cursor } = c.req.valid("query");
    const { access: allowed } = callerOf(c);
    const found = await readBackups({ source }, { limit, cursor: cursor ?? null });
    const items = found.items
      .filter(({ sourceKey }) => maySee(allowed, sourceKey))
      .map(({ sourceKey: _, ...one }) => one);
    return c.json({ ...found, items }, 200);
  })
  .openapi(make, async (c) => {
    const wanted = c.req.valid("json");
    const key = sourceKeyOf(wanted.source);
    refuseBeyond(c, key);
    await refuseHolding(c, wanted.source, wanted.consistency ?? "pause");
    const { consistency, note, destinations } = wanted;
    const intent = { source: wanted.source, consistency, note, destinations };
    const asked = { ...actorOf(c), action: "backup.create", subject: key, intent };
    return c.json(await audited(asked, () => startBackup(wanted, { actor: actorOf(c).actor })), 202);
  })
  .openapi(one, async (c) => c.json(backupOf(await backupIn(c)), 200))
  .openapi(change, async (c) => {
    const row = await backupIn(c);
    const wanted = c.req.valid("json");
    const asked = {
      ...actorOf(c),
      action: "backup.change",
      subject: row.sourceKey,
      intent: { backup: row.id, ...wanted },
    };
    return c.json(await audited(asked, () => changeNote(row.id, wanted)), 200);
  })
  .openapi(remove, async (c) => {
    const row = await backupIn(c);
    const asked = about(c, "backup.delete", row);
    await audited(asked, () => removeBackup(row.id, c.req.valid("query")));
    return c.body(null, 204);
  })
  .openapi(verify, async (c) => {
    const row = await backupIn(c);
    return c.json(await audited(about(c, "backup.verify", row), () => startVerify(row.id, actorOf(c).actor)), 202);
  })
  .openapi(drill, async (c) => {
    const row = await backupIn(c);
    return c.json(await audited(about(c, "backup.drill", row), () => startDrill(row.id, actorOf(c).actor)), 202);
  })
  .openapi(restore, async (c) => {
    const row = await backupIn(c);
    const wanted = c.req.valid("json");
    if ("inPlace" in wanted) await refuseHolding(c, backupOf(row).source, "exchange");
    if ("target" in wanted) refuseBeyond(c, volumeId(addressFor(wanted.target.volume, row.sourceKey)));
    const asked = { ...about(c, "backup.restore", row), intent: { backup: row.id, ...wanted } };
    return c.json(await audited(asked, () => startRestore(row.id, wanted, actorOf(c).actor)), 202);
  })
  .openapi(plan, async (c) => {
    const row = await backupIn(c);
    const { inPlace, volume } = c.req.valid("query");
    const found = await planRestore(row.id, inPlace ? { inPlace: true } : { volume: volume ?? null });
    const { access: allowed } = callerOf(c);
    return c.json({ ...found, stops: found.stops.filter((id) => reaches(allowed, id)) }, 200);
  });

/** The backup in the path. Throws AppError `not_found` also where it is none of the caller's. */
export async function backupIn(c: Context): Promise<BackupRow> {
  const row = await requireBackup(c.req.param("id") ?? "");
  if (!maySee(callerOf(c).access, row.sourceKey))
    throw new AppError("not_found", "There is no such backup. GET /api/v1/backups lists them");
  return row;
}

/**
 * The same, for its content. A volume's is for whoever may look into the volume; what a folder, a unit or a stack holds is
 * full of secrets that are masked elsewhere.
 */
export async function contentIn(c: Context): Promise<BackupRow> {
  const row = await backupIn(c);
  if (!isGuardedBackup(row) || may(callerOf(c).access, "reveal", null)) return row;
  throw new AppError("forbidden", `This takes the permission reveal, which ${actorOf(c).actor} does not have`);
}

/** Whom the trail names, and what it is about. */
export function about(c: Context, action: string, row: BackupRow) {
  return { ...actorOf(c), action, subject: row.sourceKey, intent: { backup: row.id, title: extraOf(row).title } };
}

function refuseBeyond(c: Context, key: string): void {
  if (reaches(callerOf(c).access, key)) return;
  throw new AppError("forbidden", `${actorOf(c).actor} is limited to other services`);
}
