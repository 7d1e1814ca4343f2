import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { record } from "#lib/audit/store.ts";
import { listBoots } from "#lib/logs/boots.ts";
import { bootSchema, logSourceSchema, type NewLogSource, newLogSourceSchema } from "#lib/logs/source-shapes.ts";
import { createLogSource, deleteLogSource, listLogSources } from "#lib/logs/sources.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { callerOf } from "./caller.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Source = z.object(logSourceSchema.shape).openapi("LogSource");
const Boot = z.object(bootSchema.shape).openapi("Boot");
const tags = ["Logs"];

const list = createRoute({
  method: "get",
  path: "/log-sources",
  summary: "Sources of lines that are no services: the kernel, and files that somebody named",
  tags,
  responses: {
    200: {
      description: "their ids stand wherever a service's id does",
      content: { "application/json": { schema: z.object({ items: z.array(Source) }) } },
    },
  },
});
const boots = createRoute({
  method: "get",
  path: "/log-sources/boots",
  summary: "Boots that the journal knows, newest first",
  tags,
  responses: {
    200: {
      description: "`boot` of a log takes an index or an id; empty where there is no journal",
      content: { "application/json": { schema: z.object({ items: z.array(Boot) }) } },
    },
    ...problemResponses("action_failed", "supervisor_unavailable"),
  },
});
const create = createRoute({
  method: "post",
  path: "/log-sources",
  summary: "Read a file or a glob as a log",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newLogSourceSchema } } } },
  responses: {
    201: { description: "it can be read at once", content: { "application/json": { schema: Source } } },
    ...problemResponses("validation", "not_found", "conflict"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/log-sources/{key}",
  summary: "Forget a file or glob; the files stay",
  tags,
  request: { params: z.object({ key: z.string().max(100) }) },
  responses: { 204: { description: "it is gone" }, ...problemResponses("not_found") },
});

/** POST and DELETE are for administrators. */
export const logSourceRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listLogSources() }, 200))
  .openapi(boots, async (c) => c.json({ items: await listBoots(c.req.raw.signal) }, 200))
  .openapi(create, async (c) => {
    const wanted: NewLogSource = c.req.valid("json");
    const made = await audited(c, { action: "log-source.create", subject: wanted.pattern, intent: { ...wanted } }, () =>
      createLogSource(wanted),
    );
    return c.json(made, 201);
  })
  .openapi(remove, async (c) => {
    const { key } = c.req.valid("param");
    await audited(c, { action: "log-source.delete", subject: `local/file/${key}`, intent: {} }, () =>
      deleteLogSource(key),
    );
    return c.body(null, 204);
  });

async function audited<T>(
  c: Context,
  asked: { action: string; subject: string; intent: Record<string, unknown> },
  work: () => Promise<T>,
): Promise<T> {
  const fact = { ...callerOf(c), ...asked };
  const closes = await record({ ...fact, outcome: "intended", detail: null, closes: null });
  try {
    const result = await work();
    await record({ ...fact, outcome: "done", detail: null, closes });
    return result;
  } catch (error) {
    await record({ ...fact, outcome: "refused", detail: messageOf(error), closes });
    throw error;
  }
}
