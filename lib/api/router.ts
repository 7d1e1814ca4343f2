import { OpenAPIHono } from "@hono/zod-openapi";
import { invalid } from "./problem.ts";

/** An empty app of ours: strict paths, and a failed validation told field by field. Each resource file makes one. */
export function router(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalid(result.error.issues);
    },
  });
}
