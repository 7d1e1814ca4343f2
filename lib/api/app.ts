/** The one way in: every read and every mutation of pages and scripts is a route of this app. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "#lib/platform/errors.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { activityRoutes } from "./activity.ts";
import { alertRoutes } from "./alerts.ts";
import { auditRoutes } from "./audit.ts";
import { authRoutes } from "./auth.ts";
import { backupContentRoutes } from "./backup-content.ts";
import { backupLabelRoutes } from "./backup-labels.ts";
import { backupRoutes } from "./backups.ts";
import { channelRoutes } from "./channels.ts";
import { checkRoutes } from "./checks.ts";
import { destinationRoutes } from "./destinations.ts";
import { docs } from "./docs.ts";
import { encryptionRoutes } from "./encryptions.ts";
import { eventRoutes } from "./events.ts";
import { figureRoutes } from "./figures.ts";
import { access, accessManifest, gate, type RouteAccess } from "./gate.ts";
import { admit } from "./guard.ts";
import { health } from "./health.ts";
import { HEARTBEATS, heartbeatRoutes } from "./heartbeats.ts";
import { hostRoutes } from "./host.ts";
import { jobRoutes } from "./jobs.ts";
import { logSourceRoutes } from "./log-sources.ts";
import { logRoutes } from "./logs.ts";
import { meRoutes } from "./me.ts";
import { metricsRoutes } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { portRoutes } from "./ports.ts";
import { problem } from "./problem.ts";
import { pushRoutes } from "./push.ts";
import { rebootRoutes } from "./reboot.ts";
import { relayRoutes } from "./relay.ts";
import { relayGuestRoutes } from "./relay-guest.ts";
import { relayLinkRoutes } from "./relay-links.ts";
import { scheduleRoutes } from "./schedules.ts";
import { serviceHistoryRoutes } from "./service-history.ts";
import { services } from "./services.ts";
import { setupRoutes } from "./setup.ts";
import { tokenRoutes } from "./tokens.ts";
import { userRoutes } from "./users.ts";
import { volumeRoutes } from "./volumes.ts";

/** what is read in a tab of its own: the API's page, and the way back from somebody who says who people are */
const NAVIGABLE = /^\/api\/(v1\/docs$|auth\/(oauth2\/)?callback\/)/;
const MOST = 1024 * 1024;
/** whose body is an archive, which goes to the disk as it comes */
const ENDLESS = "/api/v1/backups/import";

/** Builds the app; it holds no state of its own. Throws when a route does not declare who may call it. */
export function createApp() {
  let manifest = new Map<string, RouteAccess>();
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
    // probes of an orchestrator and jobs in containers name the server by any address; they learn nothing
    if (!/^\/api\/(health|v1\/heartbeats)\//.test(c.req.path))
      admit(c.req.raw.headers, { navigable: NAVIGABLE.test(c.req.path) });
    if (endingSignal().aborted && !c.req.path.startsWith("/api/health/"))
      throw new AppError("supervisor_unavailable", "Trihelm is ending. Try again in a few seconds", {
        extensions: { retryAfter: 5 },
      });
    await next();
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  });

  app.use(gate(() => manifest));
  // also a body that does not say how long it is
  const limited = bodyLimit({
    maxSize: MOST,
    onError: () => {
      throw new AppError("too_large", "The body is larger than 1 MiB");
    },
  });
  // a heartbeat reads a little of what it is sent, and counts whatever that was
  const isUnlimited = (path: string) => path === ENDLESS || path.startsWith(HEARTBEATS);
  app.use((c, next) => (c.req.method === "POST" && isUnlimited(c.req.path) ? next() : limited(c, next)));

  const routes = app
    .route("/", health)
    .route("/", authRoutes)
    .route("/", metricsRoutes)
    .route("/v1", setupRoutes)
    .route("/v1", meRoutes)
    .route("/v1", userRoutes)
    .route("/v1", tokenRoutes)
    .route("/v1", auditRoutes)
    .route("/v1", alertRoutes)
    .route("/v1", services)
    .route("/v1", serviceHistoryRoutes)
    .route("/v1", figureRoutes)
    .route("/v1", activityRoutes)
    .route("/v1", logRoutes)
    .route("/v1", logSourceRoutes)
    .route("/v1", eventRoutes)
    .route("/v1", hostRoutes)
    .route("/v1", portRoutes)
    .route("/v1", rebootRoutes)
    .route("/v1", jobRoutes)
    .route("/v1", backupContentRoutes)
    .route("/v1", backupRoutes)
    .route("/v1", backupLabelRoutes)
    .route("/v1", volumeRoutes)
    .route("/v1", relayRoutes)
    .route("/v1", scheduleRoutes)
    .route("/v1", destinationRoutes)
    .route("/v1", encryptionRoutes)
    .route("/v1", checkRoutes)
    .route("/v1", heartbeatRoutes)
    .route("/v1", channelRoutes)
    .route("/v1", pushRoutes)
    .route("/v1", relayLinkRoutes)
    .route("/v1", relayGuestRoutes);
  for (const path of ["/v1/openapi.json", "/v1/docs"])
    app.openAPIRegistry.registerPath({
      method: "get",
      path,
      ...access("read"),
      summary: "This document",
      responses: {},
    });
  app.get("/v1/openapi.json", (c) => c.json(openApiDocument(app)));
  app.get("/v1/docs", (c) => docs(c, openApiDocument(app)));
  manifest = accessManifest(app);
  return routes;
}

/** What a typed client (`hc`) is made from. @public */
export type Api = ReturnType<typeof createApp>;
