import { createApp } from "#lib/api/app.ts";

export const dynamic = "force-dynamic";

const app = createApp();

/** Where Prometheus looks by itself; the API's own route answers. */
export function GET(request: Request): Response | Promise<Response> {
  return app.fetch(new Request(new URL("/api/metrics", request.url), request));
}
