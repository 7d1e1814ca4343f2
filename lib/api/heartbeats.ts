import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { callHeartbeat } from "#lib/checks/heartbeats.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

/** Below it jobs call: by whatever name they know this server, and with whatever they have to say. */
export const HEARTBEATS = "/api/v1/heartbeats/";

const WORDS = {
  success: "A job has ended well",
  start: "A job has begun: the time until its end is kept",
  fail: "A job has failed",
} as const;

function routeOf<Path extends string>(method: "get" | "post", path: Path, call: keyof typeof WORDS) {
  return createRoute({
    method,
    path,
    ...access("open"),
    summary: WORDS[call],
    description:
      "Whoever knows the address may call it; HEAD does as GET does. The first 1 kB of a body is kept as its message.",
    tags: ["Checks"],
    request: { params: z.object({ key: z.string().max(200) }) },
    responses: {
      200: { description: "heard", content: { "application/json": { schema: z.object({ status: z.literal("ok") }) } } },
      ...problemResponses("not_found", "rate_limited"),
    },
  });
}

const PATH = "/heartbeats/{key}";

async function called(c: Context, token: string, call: keyof typeof WORDS) {
  const { body, headers } = c.req.raw;
  await callHeartbeat({ token, call, address: peerAddress(headers), body });
  return { status: "ok" as const };
}

export const heartbeatRoutes = router()
  .openapi(routeOf("get", PATH, "success"), async (c) =>
    c.json(await called(c, c.req.valid("param").key, "success"), 200),
  )
  .openapi(routeOf("post", PATH, "success"), async (c) =>
    c.json(await called(c, c.req.valid("param").key, "success"), 200),
  )
  .openapi(routeOf("get", `${PATH}/start`, "start"), async (c) =>
    c.json(await called(c, c.req.valid("param").key, "start"), 200),
  )
  .openapi(routeOf("post", `${PATH}/start`, "start"), async (c) =>
    c.json(await called(c, c.req.valid("param").key, "start"), 200),
  )
  .openapi(routeOf("get", `${PATH}/fail`, "fail"), async (c) =>
    c.json(await called(c, c.req.valid("param").key, "fail"), 200),
  )
  .openapi(routeOf("post", `${PATH}/fail`, "fail"), async (c) =>
    c.json(await called(c, c.req.valid("param").key, "fail"), 200),
  );
