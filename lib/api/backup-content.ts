/** What is in a backup: the archive itself, its manifest, its folders and files; and archives that come from elsewhere. */
import { Readable } from "node:stream";
import { createRoute, z } from "@hono/zod-openapi";
import type { TypedResponse } from "hono";
import { audited } from "#lib/audit/audited.ts";
import { reaches } from "#lib/auth/access.ts";
import type { ArchivePlace, Unlock } from "#lib/backups/archive/archive.ts";
import { listFolder, openFile } from "#lib/backups/archive/browse.ts";
import { unlockFor } from "#lib/backups/encryptions/locks.ts";
import { importSource, startImport } from "#lib/backups/import.ts";
import { filesOf, placeOf } from "#lib/backups/places.ts";
import { sourceKeyOf } from "#lib/backups/source-key.ts";
import { type BackupRow, extraOf } from "#lib/backups/store.ts";
import { jobSchema } from "#lib/jobs/job.ts";
import { AppError } from "#lib/platform/errors.ts";
import { folderSchema } from "#lib/volumes/shapes.ts";
import { about, contentIn } from "./backups.ts";
import { actorOf, callerOf } from "./caller.ts";
import { sendFile } from "./file-range.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const address = z.object({ id: z.string().max(100) });
const tags = ["Backups"];
const bytes = { schema: z.string().openapi({ format: "binary" }) };

const archive = createRoute({
  method: "get",
  path: "/backups/{id}/archive",
  ...access("read", "filtered"),
  summary: "The archive itself: `zstd -d | tar x` restores it anywhere",
  description: "With ranges; its ETag is its SHA-256. Of anything but a volume it takes the permission `reveal`.",
  tags,
  request: { params: address },
  responses: {
    200: { description: "all of it", content: { "application/zstd": bytes, "application/octet-stream": bytes } },
    206: { description: "the part that was asked for", content: { "application/zstd": bytes } },
    416: { description: "it has no such part" },
    ...problemResponses("forbidden", "not_found"),
  },
});

const manifest = createRoute({
  method: "get",
  path: "/backups/{id}/manifest",
  ...access("read", "filtered"),
  summary: "Its manifest: every path with type, size, mode, owner, time and SHA-256",
  tags,
  request: { params: address },
  responses: {
    200: { description: "as it lies beside the archive", content: { "application/json": { schema: z.object({}) } } },
    ...problemResponses("forbidden", "not_found"),
  },
});

const files = createRoute({
  method: "get",
  path: "/backups/{id}/files",
  ...access("read", "filtered"),
  summary: "A folder in it",
  tags,
  request: {
    params: address,
    query: z.strictObject({
      path: z.string().max(16_384).default("/"),
      cursor: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(1000).optional(),
    }),
  },
  responses: {
    200: { description: "folders first", content: { "application/json": { schema: folderSchema } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});

const file = createRoute({
  method: "get",
  path: "/backups/{id}/file",
  ...access("read", "filtered"),
  summary: "One file of it",
  tags,
  request: {
    params: address,
    query: z.strictObject({ path: z.string().min(1).max(16_384), download: z.enum(["0", "1"]).optional() }),
  },
  responses: {
    200: { description: "its bytes", content: { "application/octet-stream": bytes } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});

const take = createRoute({
  method: "post",
  path: "/backups/import",
  ...access("backup", "filtered"),
  summary: "Take in an archive made elsewhere: .tar, .tar.gz, .tar.zst as the body",
  description: "Judged whole before anything of it is used, then written anew with a manifest.",
  tags,
  request: {
    query: z.strictObject({
      title: z.string().min(1).max(200).optional(),
      volume: z.string().min(1).max(700).optional().describe("the volume that it is of: an id or a name"),
    }),
  },
  responses: {
    202: {
      description: "the job that does it",
      content: { "application/json": { schema: z.object(jobSchema.shape) } },
    },
    ...problemResponses("validation", "forbidden", "conflict"),
  },
});

export const backupContentRoutes = router()
  .openapi(take, async (c) => {
    const { title = null, volume = null } = c.req.valid("query");
    const key = sourceKeyOf(importSource({ title, volume }));
    const { access: allowed, actor } = callerOf(c);
    if (!reaches(allowed, key)) throw new AppError("forbidden", `${actor} is limited to other services`);
    const body = c.req.raw.body;
    if (!body) throw new AppError("validation", "Send the archive as the body");
    const length = Number(c.req.header("content-length") ?? Number.NaN);
    const wanted = { title, volume, actor, length: Number.isSafeInteger(length) ? length : null };
    const asked = { ...actorOf(c), action: "backup.import", subject: key, intent: { title, volume } };
    return c.json(await audited(asked, () => startImport(body, wanted, c.req.raw.signal)), 202);
  })
  .openapi(archive, async (c) => {
    const row = await contentIn(c);
    const place = placeOf(row);
    const time = row.createdAt.toISOString().replaceAll(/[:.]/g, "-");
    const name = `${extraOf(row).title.replaceAll("/", "+")}-${time}.tar.zst${row.encrypted ? ".age" : ""}`;
    const type = row.encrypted ? "application/octet-stream" : "application/zstd";
    const send = () => sendFile(c, { path: filesOf(place).archive, tag: row.sha256, type, name });
    // a part of it is the rest of a download that stands in the trail already
    if (c.req.raw.method === "HEAD" || !/^(bytes=0-)?$/.test(c.req.header("range") ?? "")) return send();
    return audited(about(c, "backup.download", row), send);
  })
  .openapi(manifest, async (c) => {
    const row = await contentIn(c);
    const { manifest: path } = filesOf(placeOf(row));
    const sent = { path, tag: `${row.sha256}-manifest`, type: "application/json", name: `${row.id}.json` };
    // a hundred thousand entries are not parsed to be written again
    return (await sendFile(c, sent)) as Response & TypedResponse<Record<string, never>, 200, "json">;
  })
  .openapi(files, async (c) => {
    const row = await contentIn(c);
    const { path, ...page } = c.req.valid("query");
    const { place, unlock } = await readable(row);
    return c.json(await listFolder(place, unlock, path, page), 200);
  })
  .openapi(file, async (c) => {
    const row = await contentIn(c);
    const { path } = c.req.valid("query");
    const { place, unlock } = await readable(row);
    const stream = await openFile(place, unlock, path, { signal: c.req.raw.signal });
    const name = path.slice(path.lastIndexOf("/") + 1);
    const headers = {
      // never as what it says it is: a page of somebody else's would run here
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`,
      "x-content-type-options": "nosniff",
    };
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { headers });
  });

async function readable(row: BackupRow): Promise<{ place: ArchivePlace; unlock: Unlock | null }> {
  return { place: placeOf(row), unlock: row.encrypted ? await unlockFor(row) : null };
}
