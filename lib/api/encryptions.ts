import { createRoute, z } from "@hono/zod-openapi";
import { audited } from "#lib/audit/audited.ts";
import {
  createEncryption,
  deleteEncryption,
  listEncryptions,
  requireEncryption,
} from "#lib/backups/encryptions/encryptions.ts";
import { recoveryKit } from "#lib/backups/encryptions/kit.ts";
import { encryptionSchema, newEncryptionSchema } from "#lib/backups/shapes.ts";
import { actorOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Encryption = z.object(encryptionSchema.shape).openapi("Encryption");
const tags = ["Backups"];
const params = z.object({ id: z.string().max(100) });

const list = createRoute({
  method: "get",
  path: "/encryptions",
  ...access("backup", "filtered"),
  summary: "Whom archives can be encrypted to",
  tags,
  responses: {
    200: {
      description: "without secrets",
      content: { "application/json": { schema: z.object({ items: z.array(Encryption) }) } },
    },
  },
});
const create = createRoute({
  method: "post",
  path: "/encryptions",
  ...access("configure", "host", { fresh: true }),
  summary: "Keep a recipient, a passphrase, or a new key pair",
  description:
    "With a recipient alone this server encrypts and can never read again: it checks such archives by their hash, and neither tries nor restores them.",
  tags,
  request: { body: { required: true, content: { "application/json": { schema: newEncryptionSchema } } } },
  responses: {
    201: {
      description: "`kit` is the recovery kit: print it, it opens the archives without this server",
      content: { "application/json": { schema: Encryption.extend({ kit: z.string() }) } },
    },
    ...problemResponses("validation", "forbidden", "conflict"),
  },
});
const kit = createRoute({
  method: "get",
  path: "/encryptions/{id}/kit",
  ...access("configure", "host", { fresh: true }),
  summary: "The recovery kit: how to open the archives by hand, with the key where this server keeps it",
  tags,
  request: { params },
  responses: {
    200: { description: "to print", content: { "text/plain": { schema: z.string() } } },
    ...problemResponses("forbidden", "not_found", "conflict"),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/encryptions/{id}",
  ...access("configure", "host", { fresh: true }),
  summary: "Forget a key; refused while plans use it or backups are read with it",
  tags,
  request: { params },
  responses: { 204: { description: "it is gone" }, ...problemResponses("forbidden", "not_found", "conflict") },
});

export const encryptionRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listEncryptions() }, 200))
  .openapi(create, async (c) => {
    const wanted = c.req.valid("json");
    const { kind, name } = wanted;
    const asked = { ...actorOf(c), action: "encryption.create", subject: name, intent: { kind } };
    const made = await audited(asked, () => createEncryption(wanted));
    return c.json({ ...made, kit: await recoveryKit(await requireEncryption(made.id)) }, 201);
  })
  .openapi(kit, async (c) => {
    const row = await requireEncryption(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "encryption.reveal", subject: row.name, intent: { id: row.id } };
    const text = await audited(asked, () => recoveryKit(row));
    const headers = { "content-disposition": 'attachment; filename="trihelm-recovery-kit.txt"' };
    return c.text(text, 200, headers);
  })
  .openapi(remove, async (c) => {
    const row = await requireEncryption(c.req.valid("param").id);
    const asked = { ...actorOf(c), action: "encryption.delete", subject: row.name, intent: { id: row.id } };
    await audited(asked, () => deleteEncryption(row.id));
    return c.body(null, 204);
  });
