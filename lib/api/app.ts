/** The one way in: every read and every mutation of pages and scripts is a route of this app. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { AppError } from "#lib/platform/errors.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { docs } from "./docs.ts";
import { eventRoutes } from "./events.ts";
import { admit } from "./guard.ts";
import { health } from "./health.ts";
import { hostRoutes } from "./host.ts";
import { logSourceRoutes } from "./log-sources.ts";
import { logRoutes } from "./logs.ts";
import { openApiDocument } from "./openapi.ts";
import { problem } from "./problem.ts";
import { services } from "./services.ts";

const MOST = 1024 * 1024;

/** Builds the app; it holds no state of its own. */
export function createApp() {
  const app = new OpenAPIHono().basePath("/api");
  app.onError(problem);
  app.notFound((c) =>
    problem(
      new AppError(
        "not_found",
        `There is no ${c.req.method} ${c.req.path}. GET /api/v1/openapi.json lists what there is`,
      ),
      c,
    ),
  );

  app.use(async (c, next) => {
    // probes of an orchestrator name the server by any address; they learn nothing and change nothing
    if (!c.req.path.startsWith("/api/health/")) admit(c.req.raw.headers);
    if (endingSignal().aborted && !c.req.path.startsWith("/api/health/"))
      throw new AppError("supervisor_unavailable", "Trihelm is ending. Try again in a few seconds", {
        extensions: { retryAfter: 5 },
      });
    if (Number(c.req.header("content-length") ?? 0) > MOST)
      throw new AppError("too_large", "The body is larger than 1 MiB");
    await next();
    c.res.headers.set("x-content-type-options", "nosniff");
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  });

  const routes = app
    .route("/", health)
    .route("/v1", services)
    .route("/v1", logRoutes)
    .route("/v1", logSourceRoutes)
    .route("/v1", eventRoutes)
    .route("/v1", hostRoutes);
  app.get("/v1/openapi.json", (c) => c.json(openApiDocument(app)));
  app.get("/v1/docs", (c) => docs(c, openApiDocument(app)));
  return routes;
}

/** What a typed client (`hc`) is made from. @public */
export type Api = ReturnType<typeof createApp>;
