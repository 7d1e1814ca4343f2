import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { listBoots } from "#lib/logs/boots.ts";
import { bootSchema, logSourceSchema, type NewLogSource, newLogSourceSchema } from "#lib/logs/source-shapes.ts";
import { createLogSource, deleteLogSource, listLogSources } from "#lib/logs/sources.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Source = z.object(logSourceSchema.shape).openapi("LogSource");
const Boot = z.object(bootSchema.shape).openapi("Boot");
const tags = ["Logs"];

const list = createRoute({
  method: "get",
  path: "/log-sources",
  ...access("read", "filtered"),
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
  ...access("read"),
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
  ...access("configure", "host", { fresh: true }),
  summary: "Read a file or a glob as a log",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newLogSourceSchema } } } },
  responses: {
    201: { description: "it can be read at once", content: { "application/json": { schema: Source } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/log-sources/{key}",
  ...access("configure"),
  summary: "Forget a file or glob; the files stay",
  tags,
  request: { params: z.object({ key: z.string().max(100) }) },
  responses: { 204: { description: "it is gone" }, ...problemResponses("not_found") },
});

export const logSourceRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listLogSources(callerOf(c).access) }, 200))
  .openapi(boots, async (c) => c.json({ items: await listBoots(c.req.raw.signal) }, 200))
  .openapi(create, async (c) => {
    const wanted: NewLogSource = c.req.valid("json");
    const asked = { ...actorOf(c), action: "log-source.create", subject: wanted.pattern, intent: { ...wanted } };
    return c.json(await audited(asked, () => createLogSource(wanted)), 201);
  })
  .openapi(remove, async (c) => {
    const { key } = c.req.valid("param");
    const asked = { ...actorOf(c), action: "log-source.delete", subject: `local/file/${key}`, intent: {} };
    await audited(asked, () => deleteLogSource(key));
    return c.body(null, 204);
  });
