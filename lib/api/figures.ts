import { createRoute, z } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import { FURTHER_SERIES, HOST, HOST_SERIES, SERVICE_SERIES } from "#lib/metrics/keep.ts";
import { seriesJson, seriesSchema, spanSchema } from "#lib/metrics/span.ts";
import { serviceId } from "#lib/services/id.ts";
import { requireService } from "#lib/services/read.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const address = z.object({ host: z.string(), scope: z.string(), name: z.string() });
const answer = (description: string) => ({
  200: { description, content: { "application/json": { schema: z.object({ series: seriesSchema }) } } },
});

const metrics = createRoute({
  method: "get",
  path: "/services/{host}/{scope}/{name}/metrics",
  ...access("read", "path"),
  summary: "CPU, memory, restarts, network and disks of a service over time",
  tags: ["Metrics"],
  request: { params: address, query: spanSchema },
  responses: {
    ...answer(
      "points `[milliseconds since the epoch, value]`: CPU of one core, memory and its limit in bytes, the restart counter, network and disks in bytes a second as far as they are counted for it",
    ),
    ...problemResponses("validation", "not_found"),
  },
});

const hostMetrics = createRoute({
  method: "get",
  path: "/host/metrics",
  ...access("read"),
  summary: "The host's figures over time",
  tags: ["Metrics"],
  request: { query: spanSchema },
  responses: {
    ...answer(
      "CPU as a share of all cores, memory and disk in bytes, load of a minute, network and disks in bytes a second",
    ),
    ...problemResponses("validation"),
  },
});

export const figureRoutes = router()
  .openapi(metrics, (c) => {
    const { host, scope, name } = c.req.valid("param");
    const { id } = requireService(serviceId(host, scope, name));
    return written(c, seriesJson(id, { names: SERVICE_SERIES, further: FURTHER_SERIES }, c.req.valid("query")));
  })
  .openapi(hostMetrics, (c) => written(c, seriesJson(HOST, { names: HOST_SERIES }, c.req.valid("query"))));

/** JSON that is written already. */
function written(
  c: Context,
  json: Buffer<ArrayBuffer>,
): TypedResponse<{ series: z.infer<typeof seriesSchema> }, 200, "json"> {
  const answer: unknown = c.body(json, 200, { "content-type": "application/json" });
  return answer as TypedResponse<{ series: z.infer<typeof seriesSchema> }, 200, "json">;
}
