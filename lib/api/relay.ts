import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import { may } from "#lib/auth/access.ts";
import { AppError } from "#lib/platform/errors.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { decodeFor } from "#lib/relay/decode.ts";
import { KINDS } from "#lib/relay/kind.ts";
import { drawSvg } from "#lib/relay/matrix.ts";
import { readPattern, removePattern, setPattern } from "#lib/relay/patterns.ts";
import { drawCode, readRelay } from "#lib/relay/read.ts";
import { codeSchema, episodeSchema, patternSchema } from "#lib/relay/shapes.ts";
import { serviceId } from "#lib/services/id.ts";
import { requireService } from "#lib/services/read.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const tags = ["QR relay"];
const Code = z.object(codeSchema.shape).openapi("Code");
const Episode = z.object(episodeSchema.shape).openapi("Episode");
const Pattern = z.object(patternSchema.shape).openapi("RelayPattern");
const address = z.object({ host: z.string(), scope: z.string(), name: z.string() });

const decode = createRoute({
  method: "post",
  path: "/relay/decode",
  ...access("read"),
  summary: "The QR codes in a piece of log",
  description: "The text is read and forgotten: it is neither kept nor sent anywhere.",
  tags,
  request: {
    query: z.object({ draw: z.literal("1").optional().describe("each code also as SVG, read or not") }),
    body: { required: true, content: { "text/plain": { schema: z.string().max(1024 * 1024) } } },
  },
  responses: {
    200: {
      description: "oldest first, each once, fifty at most; payload is null where a code is drawn but cannot be read",
      content: {
        "application/json": {
          schema: z.object({
            codes: z.array(
              z.object({
                payload: z.string().nullable(),
                kind: z.enum(KINDS),
                modules: z.number().int().describe("its side"),
                firstLine: z.number().int().describe("counted from 1"),
                lastLine: z.number().int(),
                svg: z.string().optional(),
              }),
            ),
          }),
        },
      },
    },
    ...problemResponses("validation", "too_large", "rate_limited"),
  },
});
const list = createRoute({
  method: "get",
  path: "/relay/codes",
  ...access("read", "filtered"),
  summary: "QR codes that services show now, and when they asked before",
  description:
    "Whoever asks looks: for a minute from then on every log is read along with. The payload is for who may act on the service; a viewer sees that one waits. Codes are kept in memory only.",
  tags,
  responses: {
    200: {
      description: "one code a service, the newest; episodes newest first",
      content: {
        "application/json": { schema: z.object({ items: z.array(Code), episodes: z.array(Episode) }) },
      },
    },
  },
});
const picture = createRoute({
  method: "get",
  path: "/relay/codes/{host}/{scope}/{file}",
  ...access("act", "filtered"),
  summary: "The newest code of a service, drawn: dark on light, with its quiet zone",
  tags,
  request: { params: z.object({ host: z.string(), scope: z.string(), file: z.string().describe("`{name}.svg`") }) },
  responses: {
    200: {
      description: "crisp at any size; where a code cannot be decoded its modules are drawn as they were seen",
      content: { "image/svg+xml": { schema: z.string() } },
    },
    ...problemResponses("forbidden", "not_found"),
  },
});
const pattern = createRoute({
  method: "get",
  path: "/services/{host}/{scope}/{name}/relay-pattern",
  ...access("read", "path"),
  summary: "What this service prints when it is linked, beside the words that are known",
  tags,
  request: { params: address },
  responses: {
    200: { description: "pattern is null for none", content: { "application/json": { schema: Pattern } } },
    ...problemResponses("not_found"),
  },
});
const putPattern = createRoute({
  method: "put",
  path: "/services/{host}/{scope}/{name}/relay-pattern",
  ...access("configure", "path"),
  summary: "Say what this service prints when it is linked",
  tags,
  request: {
    params: address,
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ pattern: z.string().min(1).max(1000).describe("RE2") }) },
      },
    },
  },
  responses: {
    200: { description: "as it is now", content: { "application/json": { schema: Pattern } } },
    ...problemResponses("validation", "not_found"),
  },
});
const deletePattern = createRoute({
  method: "delete",
  path: "/services/{host}/{scope}/{name}/relay-pattern",
  ...access("configure", "path"),
  summary: "Forget it: the known words remain",
  tags,
  request: { params: address },
  responses: { 204: { description: "it is gone" }, ...problemResponses("not_found") },
});

export const relayRoutes = router()
  .openapi(decode, async (c) => {
    const caller = { address: peerAddress(c.req.raw.headers), account: callerOf(c).actor };
    const codes = await decodeFor(caller, await c.req.text());
    const isDrawn = c.req.valid("query").draw === "1";
    const told = codes.map(({ matrix, ...code }) => ({
      ...{ ...code, modules: matrix.length },
      ...(isDrawn ? { svg: drawSvg(matrix, "QR code") } : {}),
    }));
    return c.json({ codes: told }, 200);
  })
  .openapi(list, async (c) => c.json(await readRelay(callerOf(c).access), 200))
  .openapi(picture, (c) => {
    const { host, scope, file } = c.req.valid("param");
    const name = /^(.+)\.svg$/s.exec(file)?.[1];
    if (name === undefined) throw new AppError("not_found", "A code's picture ends in .svg");
    const id = serviceId(host, scope, name);
    const { access: allowed, actor } = callerOf(c);
    if (!may(allowed, "act", id)) throw new AppError("forbidden", `${actor} is limited to other services`);
    return c.body(drawCode(id), 200, { "content-type": "image/svg+xml; charset=utf-8" });
  })
  .openapi(pattern, async (c) => c.json(await readPattern(known(c.req.valid("param"))), 200))
  .openapi(putPattern, async (c) => {
    const service = known(c.req.valid("param"));
    const { pattern: text } = c.req.valid("json");
    const who = actorOf(c);
    const asked = { ...who, action: "relay.pattern.set", subject: service, intent: { pattern: text } };
    return c.json(await audited(asked, () => setPattern(service, text, who.actor)), 200);
  })
  .openapi(deletePattern, async (c) => {
    const service = idOf(c.req.valid("param"));
    const asked = { ...actorOf(c), action: "relay.pattern.delete", subject: service, intent: {} };
    await audited(asked, () => removePattern(service));
    return c.body(null, 204);
  });

function known(param: z.infer<typeof address>): string {
  return requireService(idOf(param)).id;
}

function idOf({ host, scope, name }: z.infer<typeof address>): string {
  return serviceId(host, scope, name);
}
