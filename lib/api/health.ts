import { createRoute, z } from "@hono/zod-openapi";
import { pingDatabase } from "#lib/db/client.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { access } from "./gate.ts";
import { router } from "./router.ts";
import { version } from "./version.ts";

const live = createRoute({
  method: "get",
  path: "/health/live",
  ...access("open"),
  summary: "The process answers",
  tags: ["Health"],
  responses: {
    200: {
      description: "alive",
      content: {
        "application/json": { schema: z.object({ status: z.literal("ok"), uptime: z.number().describe("seconds") }) },
      },
    },
  },
});

const readiness = z.object({
  status: z.enum(["ready", "not_ready"]),
  checks: z.object({
    database: z.object({ healthy: z.boolean(), latencyMs: z.number().nullable() }),
    supervisors: z.record(z.string(), z.enum(["ready", "absent", "denied", "unreachable", "unknown"])),
  }),
  version: z.string(),
});

const ready = createRoute({
  method: "get",
  path: "/health/ready",
  ...access("open"),
  summary: "It can serve: an absent supervisor is no obstacle, a broken database is",
  tags: ["Health"],
  responses: {
    200: { description: "ready", content: { "application/json": { schema: readiness } } },
    503: { description: "not ready, or about to end", content: { "application/json": { schema: readiness } } },
  },
});

export const health = router()
  .openapi(live, (c) => c.json({ status: "ok" as const, uptime: Math.round(process.uptime() * 10) / 10 }, 200))
  .openapi(ready, async (c) => {
    const database = await checkDatabase();
    const supervisors = Object.fromEntries(
      snapshot()
        .supervisors()
        .map((s) => [s.id, s.available ? ("ready" as const) : (s.error?.code ?? ("unknown" as const))]),
    );
    const isReady = database.healthy && !endingSignal().aborted;
    return c.json(
      {
        status: isReady ? ("ready" as const) : ("not_ready" as const),
        checks: { database, supervisors },
        version: version(),
      },
      isReady ? 200 : 503,
    );
  });

async function checkDatabase(): Promise<{ healthy: boolean; latencyMs: number | null }> {
  try {
    return { healthy: true, latencyMs: await pingDatabase() };
  } catch (error) {
    logger("health").error({ err: error }, `the database does not answer: ${messageOf(error)}`);
    return { healthy: false, latencyMs: null };
  }
}
