import { createRoute, z } from "@hono/zod-openapi";
import { type Access, may, reaches } from "#lib/auth/access.ts";
import { ACTIVITY_KINDS, type ActivityItem, activityItemSchema, readActivity } from "#lib/services/events/activity.ts";
import { activitySources } from "./activity-sources.ts";
import { callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Item = z.object(activityItemSchema.shape).openapi("ActivityItem");

const list = createRoute({
  method: "get",
  path: "/activity",
  ...access("read", "filtered"),
  summary: "What happened on this server, newest first",
  description:
    "Events of services, what people did here, jobs and alerts on one line of time. What belongs to no service is for those who are limited to none.",
  tags: ["Services"],
  request: {
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      before: z.string().max(300).optional().describe("as `next` of the page before said"),
      service: z.string().max(1000).optional().describe("id of a service: what happened to it, and to its host"),
      kind: z.enum(ACTIVITY_KINDS).optional(),
    }),
  },
  responses: {
    200: {
      description: "a page may be shorter than asked for although there is more: `next` tells",
      content: {
        "application/json": { schema: z.object({ items: z.array(Item), next: z.string().nullable() }) },
      },
    },
    ...problemResponses("validation"),
  },
});

export const activityRoutes = router().openapi(list, async (c) => {
  const { limit, before, service, kind } = c.req.valid("query");
  const { access: own } = callerOf(c);
  const query = { limit, before: before ?? null, service: service ?? null, kind: kind ?? null };
  const allows = (item: ActivityItem) => isFor(own, item);
  return c.json(await readActivity(activitySources(query.kind), { ...query, allows }), 200);
});

function isFor(own: Access, { service }: ActivityItem): boolean {
  if (!may(own, "read", null)) return false;
  return service === null ? own.services === null : reaches(own, service);
}
