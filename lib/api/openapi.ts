import type { OpenAPIHono } from "@hono/zod-openapi";
import { singleton } from "#lib/platform/singleton.ts";
import { version } from "./version.ts";

export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** OpenAPI 3.1, out of the same zod schemas that check the requests. */
export function openApiDocument(app: OpenAPIHono): OpenApiDocument {
  return singleton("openapi", () =>
    app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Trihelm",
        version: version(),
        description:
          "What a page can do, a script can do. Times are RFC 3339 in UTC, sizes bytes, CPU a fraction of one core, durations seconds. Errors are RFC 9457.",
      },
    }),
  );
}
