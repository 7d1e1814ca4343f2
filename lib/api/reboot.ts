import { createRoute, z } from "@hono/zod-openapi";
import { reaches } from "#lib/auth/access.ts";
import { readReboot } from "#lib/services/reboot/readiness.ts";
import { rebootSchema } from "#lib/services/reboot/shapes.ts";
import { callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { router } from "./router.ts";

const reboot = createRoute({
  method: "get",
  path: "/reboot",
  ...access("read", "filtered"),
  summary: "What would not come back after a reboot of the host, with the fix for each",
  tags: ["Host"],
  responses: {
    200: {
      description: "no older than ten seconds",
      content: { "application/json": { schema: z.object(rebootSchema.shape).openapi("RebootReadiness") } },
    },
  },
});

export const rebootRoutes = router().openapi(reboot, async (c) => {
  const found = await readReboot();
  const { access } = callerOf(c);
  if (access.services === null) return c.json(found, 200);
  // what concerns no service of theirs, and how many there are, is for those who are limited to none
  const items = found.items.filter(({ service }) => service !== null && reaches(access, service));
  return c.json({ ...found, items, ready: 0, problems: [] }, 200);
});
