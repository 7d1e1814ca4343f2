import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audited } from "#lib/audit/audited.ts";
import { may, reaches } from "#lib/auth/access.ts";
import { isGuarded } from "#lib/backups/reveal.ts";
import { backupTotalsSchema } from "#lib/backups/shapes.ts";
import { jobSchema } from "#lib/jobs/job.ts";
import { AppError } from "#lib/platform/errors.ts";
import { serviceId } from "#lib/services/id.ts";
import { createVolume, deleteVolume, placeOfNew, protectVolume } from "#lib/volumes/change.ts";
import { cloneVolume } from "#lib/volumes/clone.ts";
import { readCoverage } from "#lib/volumes/coverage.ts";
import { listInside } from "#lib/volumes/inside.ts";
import { readVolume, readVolumes } from "#lib/volumes/read.ts";
import { coverageSchema, folderSchema, volumeSchema } from "#lib/volumes/shapes.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { refuseHolding } from "./holding.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";
import { sendVolumeFile } from "./volume-file.ts";

const Volume = z.object(volumeSchema.shape).openapi("Volume");
const Job = z.object(jobSchema.shape).openapi("Job");
const tags = ["Volumes"];
const address = z.object({
  host: z.string().openapi({ example: "local" }),
  scope: z.string().openapi({ example: "docker" }),
  name: z.string().openapi({ example: "wa-db" }),
});
const newName = z.string().min(1).max(255);
const labels = z.record(z.string().max(500), z.string().max(4000)).refine((all) => Object.keys(all).length <= 100, {
  error: "are at most 100",
});

const list = createRoute({
  method: "get",
  path: "/volumes",
  ...access("read", "filtered"),
  summary: "Every volume, who uses it, and what is kept of it",
  tags,
  responses: {
    200: {
      description:
        "size is null until it was measured in the background; an engine that is away keeps what it said last",
      content: {
        "application/json": {
          schema: z.object({ items: z.array(Volume), totals: backupTotalsSchema }),
        },
      },
    },
  },
});

const one = createRoute({
  method: "get",
  path: "/volumes/{host}/{scope}/{name}",
  ...access("read", "path"),
  summary: "One volume",
  tags,
  request: { params: address },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Volume } } },
    ...problemResponses("not_found"),
  },
});

const create = createRoute({
  method: "post",
  path: "/volumes",
  ...access("configure", "filtered"),
  summary: "Make a volume",
  tags,
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            host: z.string().max(100).default("local"),
            scope: z.string().max(100).optional().describe("docker or podman; the first that answers unless told"),
            name: newName,
            labels: labels.default({}),
          }),
        },
      },
    },
  },
  responses: {
    201: { description: "it is there, and empty", content: { "application/json": { schema: Volume } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});

const change = createRoute({
  method: "patch",
  path: "/volumes/{host}/{scope}/{name}",
  ...access("configure", "path"),
  summary: "Protect a volume, or no longer",
  tags,
  request: {
    params: address,
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ protected: z.boolean() }) } },
    },
  },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Volume } } },
    ...problemResponses("validation", "not_found"),
  },
});

const clone = createRoute({
  method: "post",
  path: "/volumes/{host}/{scope}/{name}/clone",
  ...access("configure", "path"),
  summary: "Copy a volume under another name",
  description: "Those who write into it are paused while it is copied and compared.",
  tags,
  request: {
    params: address,
    body: { required: true, content: { "application/json": { schema: z.strictObject({ name: newName }) } } },
  },
  responses: {
    202: { description: "the job that copies it", content: { "application/json": { schema: Job } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});

const removal = z.strictObject({
  confirm: z.string().max(255).optional().describe("its name, where it is protected"),
  backup: z.boolean().optional().describe("false: remove it without making a backup first"),
});
const remove = createRoute({
  method: "delete",
  path: "/volumes/{host}/{scope}/{name}",
  ...access("delete", "path", { fresh: true }),
  summary: "Remove a volume, after a backup of it",
  description: "409 while anything uses it, running or not. What is sent as a body may stand in the query instead.",
  tags,
  request: {
    params: address,
    query: z.strictObject({
      confirm: removal.shape.confirm,
      backup: z.enum(["0", "1", "false", "true"]).optional(),
    }),
    body: { required: false, content: { "application/json": { schema: removal } } },
  },
  responses: {
    202: {
      description: "the job that makes the backup, then removes it",
      content: { "application/json": { schema: Job } },
    },
    204: { description: "it is gone, without a backup" },
    ...problemResponses("validation", "not_found", "conflict"),
  },
});

const files = createRoute({
  method: "get",
  path: "/volumes/{host}/{scope}/{name}/files",
  ...access("read", "path"),
  summary: "What stands in a folder of a volume",
  description: "Links are shown and never followed. Names that are no text are escaped, and `path` turns back to them.",
  tags,
  request: {
    params: address,
    query: z.strictObject({
      path: z.string().max(20_000).default("/"),
      cursor: z.string().max(2000).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
  },
  responses: {
    200: { description: "folders first", content: { "application/json": { schema: folderSchema } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict", "timeout"),
  },
});

const file = createRoute({
  method: "get",
  path: "/volumes/{host}/{scope}/{name}/file",
  ...access("read", "path"),
  summary: "One file of a volume, with ranges",
  description: "Text and common pictures come as such, everything else as bytes to be saved; nothing is ever run.",
  tags,
  request: {
    params: address,
    query: z.strictObject({ path: z.string().min(1).max(20_000), download: z.enum(["0", "1"]).optional() }),
  },
  responses: {
    200: { description: "its bytes", content: { "application/octet-stream": { schema: z.string() } } },
    206: {
      description: "the part that was asked for",
      content: { "application/octet-stream": { schema: z.string() } },
    },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});

const coverage = createRoute({
  method: "get",
  path: "/coverage",
  ...access("read", "filtered"),
  summary: "What holds data, and which of it has no backup",
  tags: ["Backups"],
  responses: {
    200: {
      description: "what has none first; what units and mounts there are is at most a minute old",
      content: { "application/json": { schema: z.object({ items: z.array(coverageSchema) }) } },
    },
  },
});

/** The volume in the path, whose content the caller may read: throws AppError `forbidden` where that takes `reveal`. */
async function contentOf(c: Context, id: string): Promise<string> {
  const { access: allowed, actor } = callerOf(c);
  if (!may(allowed, "reveal", null) && isGuarded((await readVolume(id, allowed)).labels))
    throw new AppError("forbidden", `What is in this volume takes the permission reveal, which ${actor} does not have`);
  return id;
}

const idOf = ({ host, scope, name }: z.infer<typeof address>) => serviceId(host, scope, name);

export const volumeRoutes = router()
  .openapi(list, async (c) => c.json(await readVolumes(callerOf(c).access), 200))
  .openapi(one, async (c) => c.json(await readVolume(idOf(c.req.valid("param")), callerOf(c).access), 200))
  .openapi(create, async (c) => {
    const { labels: wanted, scope = null, ...rest } = c.req.valid("json");
    const { access: allowed } = callerOf(c);
    const place = await placeOfNew({ ...rest, scope });
    const id = idOf(place);
    if (!reaches(allowed, id)) throw new AppError("forbidden", "This name is beyond what you are limited to");
    const asked = { ...actorOf(c), action: "volume.create", subject: id, intent: { labels: wanted } };
    return c.json(await audited(asked, () => createVolume(place, wanted, allowed)), 201);
  })
  .openapi(change, async (c) => {
    const id = idOf(c.req.valid("param"));
    const intent = c.req.valid("json");
    const asked = { ...actorOf(c), action: "volume.change", subject: id, intent };
    return c.json(await audited(asked, () => protectVolume(id, intent.protected, callerOf(c).access)), 200);
  })
  .openapi(clone, async (c) => {
    const params = c.req.valid("param");
    const { name } = c.req.valid("json");
    const { access: allowed, actor } = callerOf(c);
    if (!reaches(allowed, idOf({ ...params, name })))
      throw new AppError("forbidden", "This name is beyond what you are limited to");
    await refuseHolding(c, { volume: idOf(params) }, "pause");
    const asked = { ...actorOf(c), action: "volume.clone", subject: idOf(params), intent: { name } };
    return c.json(
      await audited(asked, async () => cloneVolume(await readVolume(idOf(params), allowed), name, actor)),
      202,
    );
  })
  .openapi(remove, async (c) => {
    const id = idOf(c.req.valid("param"));
    const query = c.req.valid("query");
    const body: z.infer<typeof removal> = c.req.header("content-type") ? c.req.valid("json") : {};
    const backup = body.backup ?? !(query.backup === "0" || query.backup === "false");
    const confirm = body.confirm ?? query.confirm;
    const who = actorOf(c);
    const asked = { ...who, action: "volume.delete", subject: id, intent: { backup } };
    const { access: allowed } = callerOf(c);
    const job = await audited(asked, async () =>
      deleteVolume(await readVolume(id, allowed), { confirm, backup, ...who }),
    );
    return job ? c.json(job, 202) : c.body(null, 204);
  })
  .openapi(files, async (c) => {
    const { path, cursor, limit } = c.req.valid("query");
    const id = await contentOf(c, idOf(c.req.valid("param")));
    return c.json(await listInside(id, path, { cursor, limit }, c.req.raw.signal), 200);
  })
  .openapi(file, async (c) => {
    const { path, download } = c.req.valid("query");
    const id = await contentOf(c, idOf(c.req.valid("param")));
    return sendVolumeFile(c, { id, path, isDownload: download === "1" });
  })
  .openapi(coverage, async (c) => c.json({ items: await readCoverage(callerOf(c).access) }, 200));
