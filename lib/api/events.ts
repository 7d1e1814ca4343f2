import { createRoute, z } from "@hono/zod-openapi";
import { timestamp } from "#lib/platform/clock.ts";
import { readBoard, readFigures } from "#lib/services/read.ts";
import { callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { router } from "./router.ts";
import { eventStream } from "./sse.ts";

const events = createRoute({
  method: "get",
  path: "/events",
  ...access("read", "filtered"),
  summary: "Everything that changes, as it changes",
  description:
    "`snapshot` first, then `service`, `gone`, `supervisor`, `needs`, and while it is open `usage` and `host`. Reconnect with Last-Event-ID: nothing is missed and nothing is seen twice; where the server no longer knows, a new `snapshot` comes.",
  tags: ["Services"],
  request: { headers: z.object({ "last-event-id": z.string().max(100).optional() }) },
  responses: {
    200: { description: "an endless stream", content: { "text/event-stream": { schema: z.string() } } },
  },
});

export const eventRoutes = router().openapi(events, (c) =>
  eventStream({
    signal: c.req.raw.signal,
    access: callerOf(c).access,
    lastEventId: c.req.valid("header")["last-event-id"],
    snapshot: readBoard,
    figures: () => ({ id: null, name: "usage", data: { at: timestamp(), items: readFigures() } }),
  }),
);
