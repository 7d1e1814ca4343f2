import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import {
  allowLabels,
  backupLabelsSchema,
  consentSchema,
  forbidLabels,
  readBackupLabels,
} from "#lib/backups/consent.ts";
import { serviceId } from "#lib/services/id.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const path = "/services/{host}/{scope}/{name}/backup-labels";
const tags = ["Backups"];
const address = z.object({ host: z.string(), scope: z.string(), name: z.string() });
const Labels = z.object(backupLabelsSchema.shape).openapi("BackupLabels");
const told = { description: "as it is now", content: { "application/json": { schema: Labels } } };

const read = createRoute({
  method: "get",
  path,
  ...access("configure", "path"),
  summary: "What a container's labels ask for, and what of it is allowed",
  tags,
  request: { params: address },
  responses: { 200: told, ...problemResponses("validation", "not_found") },
});
const allow = createRoute({
  method: "put",
  path,
  ...access("configure", "path", { fresh: true }),
  summary: "Allow what a container's labels ask for, as they are now",
  description: "A label that changes later is not allowed any more.",
  tags,
  request: {
    params: address,
    body: { required: true, content: { "application/json": { schema: consentSchema } } },
  },
  responses: { 200: told, ...problemResponses("validation", "not_found", "conflict") },
});
const forbid = createRoute({
  method: "delete",
  path,
  ...access("configure", "path", { fresh: true }),
  summary: "Allow nothing of it any more",
  tags,
  request: { params: address },
  responses: { 204: { description: "nothing is allowed" }, ...problemResponses("validation", "not_found") },
});

const idOf = ({ host, scope, name }: z.infer<typeof address>) => serviceId(host, scope, name);

export const backupLabelRoutes = router()
  .openapi(read, async (c) => c.json(await readBackupLabels(idOf(c.req.valid("param"))), 200))
  .openapi(allow, async (c) => {
    const id = idOf(c.req.valid("param"));
    const consent = c.req.valid("json");
    const asked = { ...actorOf(c), action: "backup-labels.allow", subject: id, intent: { ...consent } };
    return c.json(await audited(asked, () => allowLabels(id, consent, callerOf(c).actor)), 200);
  })
  .openapi(forbid, async (c) => {
    const id = idOf(c.req.valid("param"));
    const asked = { ...actorOf(c), action: "backup-labels.forbid", subject: id, intent: {} };
    await audited(asked, () => forbidLabels(id));
    return c.body(null, 204);
  });
