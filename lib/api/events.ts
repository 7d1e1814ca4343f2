import { createRoute, z } from "@hono/zod-openapi";
import { timestamp } from "#lib/platform/clock.ts";
import { looking } from "#lib/relay/attention.ts";
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
    "`snapshot` first, then `service`, `gone`, `supervisor`, `needs`, `code` (a QR code seen, renewed, stale, linked or gone; never what it says), and while it is open `usage` and `host`. Reconnect with Last-Event-ID: nothing is missed and nothing is seen twice; where the server no longer knows, a new `snapshot` comes.",
  tags: ["Services"],
  request: {
    query: z.object({
      relay: z.enum(["0", "1"]).optional().describe("1: every log is read along with for QR codes while this is open"),
    }),
    headers: z.object({ "last-event-id": z.string().max(100).optional() }),
  },
  responses: {
    200: { description: "an endless stream", content: { "text/event-stream": { schema: z.string() } } },
  },
});

export const eventRoutes = router().openapi(events, (c) =>
  eventStream({
    signal: c.req.raw.signal,
    access: callerOf(c).access,
    onOpen: c.req.valid("query").relay === "1" ? looking : undefined,
    lastEventId: c.req.valid("header")["last-event-id"],
    snapshot: readBoard,
    figures: () => ({ id: null, name: "usage", data: { at: timestamp(), items: readFigures() } }),
  }),
);
