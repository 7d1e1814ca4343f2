import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import {
  changeDestination,
  checkDestination,
  createDestination,
  deleteDestination,
  listDestinations,
  requireDestination,
} from "#lib/backups/destinations/destinations.ts";
import { destinationSchema, newDestinationSchema } from "#lib/backups/shapes.ts";
import { actorOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Destination = z.object(destinationSchema.shape).openapi("Destination");
const tags = ["Backups"];
const params = z.object({ id: z.string().max(100) });

const list = createRoute({
  method: "get",
  path: "/destinations",
  ...access("backup", "filtered"),
  summary: "Where copies of backups go; `local` is this server's own folder",
  tags,
  responses: {
    200: {
      description: "without secrets; `problem` says why one could not be reached when it was last tried",
      content: { "application/json": { schema: z.object({ items: z.array(Destination) }) } },
    },
  },
});
const create = createRoute({
  method: "post",
  path: "/destinations",
  ...access("configure", "host", { fresh: true }),
  summary: "Name a place for copies: S3-compatible storage, or an SFTP server by its key",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newDestinationSchema } } } },
  responses: {
    201: { description: "not tried yet: check it", content: { "application/json": { schema: Destination } } },
    ...problemResponses("validation", "forbidden", "conflict"),
  },
});
const change = createRoute({
  method: "patch",
  path: "/destinations/{id}",
  ...access("configure", "host", { fresh: true }),
  summary: "Change a destination; another address takes its secrets anew",
  tags,
  request: {
    params,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            name: z.string().min(1).max(60).optional(),
            config: z.record(z.string(), z.unknown()).optional().describe("what is left out stays"),
            secrets: z.record(z.string(), z.unknown()).optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Destination } } },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/destinations/{id}",
  ...access("configure", "host", { fresh: true }),
  summary: "Forget a destination; what lies there stays",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found", "conflict") },
});
const check = createRoute({
  method: "post",
  path: "/destinations/{id}/check",
  ...access("configure"),
  summary: "Write, read and remove a small file there",
  tags,
  request: { params },
  responses: {
    200: { description: "`problem` says what is wrong", content: { "application/json": { schema: Destination } } },
    ...problemResponses("forbidden", "not_found"),
  },
});

export const destinationRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listDestinations() }, 200))
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    const { kind, name, config } = wanted;
    const asked = { ...actorOf(c), action: "destination.create", subject: name, intent: { kind, config } };
    return c.json(await audited(asked, () => createDestination(wanted)), 201);
  })
  .openapi(change, async (c) => {
    const row = await requireDestination(c.req.valid("param").id);
    const { secrets, ...rest } = c.req.valid("json");
    const intent = { ...rest, secrets: secrets !== undefined };
    const asked = { ...actorOf(c), action: "destination.change", subject: row.name, intent };
    return c.json(await audited(asked, () => changeDestination(row, { ...rest, secrets })), 200);
  })
  .openapi(remove, async (c) => {
    const row = await requireDestination(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "destination.delete", subject: row.name, intent: { id: row.id } };
    await audited(asked, () => deleteDestination(row));
    return c.body(null, 204);
  })
  .openapi(check, async (c) => {
    const row = await requireDestination(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "destination.check", subject: row.name, intent: { id: row.id } };
    return c.json(await audited(asked, () => checkDestination(row, c.req.raw.signal)), 200);
  });
