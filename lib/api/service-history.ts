import { createRoute, z } from "@hono/zod-openapi";
import { withCauses } from "#lib/services/causes/of-events.ts";
import { causeSchema } from "#lib/services/causes/shapes.ts";
import { viewCause } from "#lib/services/causes/view.ts";
import { happeningSchema } from "#lib/services/events/happening.ts";
import { readHappenings } from "#lib/services/events/store.ts";
import { serviceId } from "#lib/services/id.ts";
import { requireService } from "#lib/services/read.ts";
import { callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const address = z.object({ host: z.string(), scope: z.string(), name: z.string() });
const Cause = z.object(causeSchema.shape).openapi("Cause");
const Explained = happeningSchema.extend({
  cause: Cause.nullable().describe("why it ended; null: it was no failure, or the card is not made yet"),
});

const events = createRoute({
  method: "get",
  path: "/services/{host}/{scope}/{name}/events",
  ...access("read", "path"),
  summary: "What happened to a service, newest first",
  tags: ["Services"],
  request: {
    params: address,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
  },
  responses: {
    200: {
      description:
        "starts, stops, exits, restarts, changes of health, image or file, with the reason as far as it is known; a failure with its card",
      content: { "application/json": { schema: z.object({ items: z.array(Explained) }) } },
    },
    ...problemResponses("validation", "not_found"),
  },
});

export const serviceHistoryRoutes = router().openapi(events, async (c) => {
  const { host, scope, name } = c.req.valid("param");
  const { id } = requireService(serviceId(host, scope, name));
  const { access: own } = callerOf(c);
  const items = await withCauses(id, await readHappenings(id, c.req.valid("query").limit));
  return c.json({ items: items.map((one) => ({ ...one, cause: one.cause && viewCause(one.cause, own) })) }, 200);
});
