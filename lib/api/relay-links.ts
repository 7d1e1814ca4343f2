import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { may } from "#lib/auth/access.ts";
import { AppError } from "#lib/platform/errors.ts";
import { createLink, linkOf, listLinks, prolongLink, requireLink, revokeLink } from "#lib/relay/links.ts";
import { linkSchema, newLinkSchema } from "#lib/relay/shapes.ts";
import { actorOf, callerOf, ownUrl } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const tags = ["QR relay"];
const Link = z.object(linkSchema.shape).openapi("Link");
const params = z.object({ id: z.string().max(40) });

const list = createRoute({
  method: "get",
  path: "/relay/links",
  ...access("act", "filtered"),
  summary: "Links for people without an account, newest first",
  tags,
  responses: {
    200: {
      description: "those over as well; their secrets are kept nowhere",
      content: { "application/json": { schema: z.object({ items: z.array(Link) }) } },
    },
  },
});
const create = createRoute({
  method: "post",
  path: "/relay/links",
  ...access("act", "filtered"),
  summary: "Make a link that shows one service's code to somebody without an account",
  description:
    "What stands behind the `#` of `url` is told this once. The link dies at its time, when the service is linked, or when it is revoked.",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newLinkSchema } } } },
  responses: {
    201: {
      description: "made",
      content: { "application/json": { schema: z.object({ ...linkSchema.shape, url: z.string() }) } },
    },
    ...problemResponses("validation", "forbidden", "not_found", "conflict"),
  },
});
const prolong = createRoute({
  method: "patch",
  path: "/relay/links/{id}",
  ...access("act", "filtered"),
  summary: "Give a link more time",
  tags,
  request: {
    params,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ expiresIn: newLinkSchema.shape.expiresIn.describe("seconds, from now on") }),
        },
      },
    },
  },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Link } } },
    ...problemResponses("validation", "not_found", "conflict"),
  },
});
const revoke = createRoute({
  method: "delete",
  path: "/relay/links/{id}",
  ...access("act", "filtered"),
  summary: "Take a link back: every page that shows it ends at once",
  tags,
  request: { params },
  responses: { 204: { description: "it is over" }, ...problemResponses("not_found") },
});

export const relayLinkRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listLinks(callerOf(c).access) }, 200))
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    const { access: allowed, actor } = callerOf(c);
    if (!may(allowed, "act", wanted.service)) throw new AppError("forbidden", `${actor} is limited to other services`);
    const { service, passphrase, ...rest } = wanted;
    const intent = { ...rest, passphrase: passphrase !== undefined };
    const asked = { ...actorOf(c), action: "relay.link.create", subject: service, intent };
    const { link, token } = await audited(
      asked,
      () => createLink(wanted, actor),
      async (made) => ({ intent: { ...intent, link: made.link.id } }),
    );
    return c.json({ ...link, url: `${ownUrl(c)}/relay/${link.id}#${token}` }, 201);
  })
  .openapi(prolong, async (c) => {
    const row = await requireLink(c.req.valid("param").id, callerOf(c).access);
    const { expiresIn } = c.req.valid("json");
    const asked = {
      ...{ ...actorOf(c), action: "relay.link.prolong", subject: row.service },
      intent: { link: row.id, expiresIn },
    };
    return c.json(await audited(asked, () => prolongLink(row, expiresIn)), 200);
  })
  .openapi(revoke, async (c) => {
    const row = await requireLink(c.req.valid("param").id, callerOf(c).access);
    if (linkOf(row).endedAs !== null) return c.body(null, 204);
    const asked = { ...actorOf(c), action: "relay.link.revoke", subject: row.service, intent: { link: row.id } };
    await audited(asked, () => revokeLink(row));
    return c.body(null, 204);
  });
