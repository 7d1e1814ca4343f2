import { createRoute, z } from "@hono/zod-openapi";
import type { Access } from "#lib/auth/access.ts";
import { identify } from "#lib/auth/caller.ts";
import { maySee, newestGoodOfEach } from "#lib/backups/read.ts";
import { hostDisks } from "#lib/metrics/disks.ts";
import { readHost } from "#lib/metrics/host.ts";
import { type MeasuredBackup, type MeasuredService, prometheusText } from "#lib/metrics/prometheus.ts";
import { networkList } from "#lib/platform/address.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { readServices } from "#lib/services/read.ts";
import { sampler } from "#lib/services/sample.ts";
import { traffic } from "#lib/services/traffic.ts";
import { viewServices } from "#lib/services/view.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const metrics = createRoute({
  method: "get",
  path: "/metrics",
  ...access("open"),
  summary: "The figures for Prometheus; also at /metrics",
  description:
    "For a token (`Authorization: Bearer trh_…`) that may read, cut to its services; or without one from the addresses of TRIHELM_METRICS_ALLOW.",
  tags: ["Metrics"],
  responses: {
    200: { description: "the exposition format", content: { "text/plain": { schema: z.string() } } },
    ...problemResponses("unauthenticated", "forbidden"),
  },
});

export const metricsRoutes = router().openapi(metrics, async (c) => {
  const access = await accessTo(c.req.raw.headers);
  const { items } = readServices({});
  const cpu = new Map(sampler().cpuSeconds());
  const moved = new Map(traffic().totals());
  const services = (access ? viewServices(items, access) : items).map(
    (service): MeasuredService => ({
      ...service,
      cpuSeconds: cpu.get(service.id) ?? null,
      moved: moved.get(service.id) ?? null,
    }),
  );
  const backups = (await newestGoodOfEach()).filter(({ sourceKey }) => access === null || maySee(access, sourceKey));
  const text = await prometheusText({
    services,
    backups: backups.map(measured),
    host: readHost(),
    disks: await hostDisks(),
  });
  return c.text(text, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
});

/** The same labels as a service's: a volume stands beside the services of its engine. */
function measured({
  sourceKey,
  createdAt,
  size,
}: Awaited<ReturnType<typeof newestGoodOfEach>>[number]): MeasuredBackup {
  const { host, scope, name } = parseServiceId(sourceKey) ?? { host: "local", scope: "path", name: sourceKey };
  const supervisor = scope.split("@")[0] ?? scope;
  return { host, supervisor, service: name, group: null, at: Date.parse(createdAt), bytes: size };
}

/** Whose services are told; null: all, to an address that was named. */
async function accessTo(headers: Headers): Promise<Access | null> {
  const caller = await identify(headers);
  if (caller) {
    if (!caller.access.verbs.has("read")) throw new AppError("forbidden", "This account or token may not read");
    return caller.access;
  }
  if (!headers.has("authorization") && networkList(env().metricsAllow).has(peerAddress(headers))) return null;
  throw new AppError(
    "unauthenticated",
    "Send a token as `Authorization: Bearer trh_…`, or name this address in TRIHELM_METRICS_ALLOW",
  );
}
