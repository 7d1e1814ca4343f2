import { createRoute, z } from "@hono/zod-openapi";
import { guestSvg, guestView, openAsGuest, requireGuest } from "#lib/relay/guest.ts";
import { guestOpeningSchema, guestViewSchema } from "#lib/relay/shapes.ts";
import { access } from "./gate.ts";
import { guestStream } from "./guest-stream.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const tags = ["QR relay"];
const View = z.object(guestViewSchema.shape).openapi("GuestView");
/** the page says which link it is for: a browser has one cookie, and perhaps two pages */
const query = z.object({ link: z.string().max(40).optional() });

const open = createRoute({
  method: "post",
  path: "/relay/guest",
  ...access("open"),
  summary: "Open a link",
  description:
    "Trades the token behind the `#` of a link for a cookie that opens the guest's routes and nothing else, and counts one opening; with the cookie it is given anew, uncounted, so that a page can stay open for longer than its hour. 401 with `passphrase` where one is asked for or wrong; 409 with `ended` (linked, revoked, expired, used) where the link is over.",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: guestOpeningSchema } } } },
  responses: {
    204: { description: "the cookie is set" },
    ...problemResponses("validation", "unauthenticated", "not_found", "conflict", "rate_limited"),
  },
});
const view = createRoute({
  method: "get",
  path: "/relay/guest",
  ...access("open"),
  summary: "What the guest's page shows",
  tags,
  request: { query },
  responses: {
    200: { description: "also of a link that is over", content: { "application/json": { schema: View } } },
    ...problemResponses("unauthenticated", "rate_limited"),
  },
});
const picture = createRoute({
  method: "get",
  path: "/relay/guest.svg",
  ...access("open"),
  summary: "The code, drawn",
  tags,
  request: { query: query.extend({ version: z.string().max(40).optional() }) },
  responses: {
    200: { description: "the newest", content: { "image/svg+xml": { schema: z.string() } } },
    ...problemResponses("unauthenticated", "not_found", "rate_limited"),
  },
});
const events = createRoute({
  method: "get",
  path: "/relay/guest/events",
  ...access("open"),
  summary: "What the guest's page shows, as it changes",
  description: "`view` at once and at every change. The stream ends with the link.",
  tags,
  request: { query },
  responses: {
    200: { description: "events", content: { "text/event-stream": { schema: z.string() } } },
    ...problemResponses("unauthenticated", "rate_limited"),
  },
});

export const relayGuestRoutes = router()
  .openapi(open, async (c) => {
    c.header("set-cookie", await openAsGuest(c.req.valid("json"), c.req.raw.headers));
    return c.body(null, 204);
  })
  .openapi(view, async (c) => {
    const pass = await requireGuest(c.req.raw.headers, c.req.valid("query").link);
    return c.json(await guestView(pass), 200);
  })
  .openapi(picture, async (c) => {
    const pass = await requireGuest(c.req.raw.headers, c.req.valid("query").link);
    return c.body(await guestSvg(pass), 200, { "content-type": "image/svg+xml; charset=utf-8" });
  })
  .openapi(events, async (c) => {
    const pass = await requireGuest(c.req.raw.headers, c.req.valid("query").link);
    return guestStream(pass, c.req.raw);
  });
