import { createRoute, z } from "@hono/zod-openapi";
import { type Access, reaches } from "#lib/auth/access.ts";
import { readLedger } from "#lib/services/ports/ledger.ts";
import { type Ledger, ledgerSchema } from "#lib/services/ports/shapes.ts";
import { callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const ports = createRoute({
  method: "get",
  path: "/ports",
  ...access("read", "filtered"),
  summary: "Every listening socket of the host, whose it is, who can reach it, and what would collide",
  tags: ["Host"],
  request: {
    query: z.strictObject({
      service: z.string().max(800).optional().describe("only what this service listens on or would not get"),
    }),
  },
  responses: {
    200: {
      description: "no older than two seconds",
      content: { "application/json": { schema: z.object(ledgerSchema.shape).openapi("Ports") } },
    },
    ...problemResponses("validation"),
  },
});

export const portRoutes = router().openapi(ports, async (c) => {
  const { service } = c.req.valid("query");
  const ledger = viewLedger(await readLedger(), callerOf(c).access);
  if (service === undefined) return c.json(ledger, 200);
  const items = ledger.items.filter(({ owner }) => owner.service === service);
  const conflicts = ledger.conflicts.filter(
    ({ wants, holder }) => wants.includes(service) || holder?.service === service,
  );
  return c.json({ ...ledger, items, conflicts }, 200);
});

/** What is no service's, and how the host is set up, is for those who are limited to none. */
function viewLedger(ledger: Ledger, access: Access): Ledger {
  if (access.services === null) return ledger;
  const isOwn = (id: string | null) => id !== null && reaches(access, id);
  return {
    ...ledger,
    items: ledger.items.filter(({ owner }) => isOwn(owner.service)),
    conflicts: ledger.conflicts.flatMap((conflict) => {
      const wants = conflict.wants.filter(isOwn);
      const { holder } = conflict;
      if (wants.length === 0 && !isOwn(holder?.service ?? null)) return [];
      const isWhole = wants.length === conflict.wants.length && (holder === null || isOwn(holder.service));
      if (isWhole) return [conflict];
      const words = `Port ${conflict.port} is wanted by more than one service.`;
      return [{ ...conflict, wants, words, holder: holder && isOwn(holder.service) ? holder : null }];
    }),
    problem: null,
  };
}
