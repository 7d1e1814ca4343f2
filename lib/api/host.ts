import { createRoute, z } from "@hono/zod-openapi";
import { diskSchema, hostDisks } from "#lib/metrics/disks.ts";
import { readHost } from "#lib/metrics/host.ts";
import { AppError } from "#lib/platform/errors.ts";
import { hostSchema } from "#lib/services/service.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const host = createRoute({
  method: "get",
  path: "/host",
  ...access("read"),
  summary: "The host: CPU, memory, disk, load, network",
  tags: ["Host"],
  responses: {
    200: {
      description: "the last reading",
      content: { "application/json": { schema: z.object(hostSchema.shape).openapi("Host") } },
    },
    ...problemResponses("supervisor_unavailable"),
  },
});

const disks = createRoute({
  method: "get",
  path: "/host/disks",
  ...access("read"),
  summary: "The disks of the host, and when each will be full",
  tags: ["Host"],
  responses: {
    200: {
      description: "real file systems of this machine, the fullest first",
      content: { "application/json": { schema: z.object({ items: z.array(diskSchema) }) } },
    },
  },
});

export const hostRoutes = router()
  .openapi(disks, async (c) => c.json({ items: await hostDisks() }, 200))
  .openapi(host, (c) => {
    const state = readHost();
    if (!state) throw new AppError("supervisor_unavailable", "The host was not read yet. Try again in a second");
    return c.json(state, 200);
  });
