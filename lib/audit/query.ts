/** Reading the trail: newest first, page by page. */
import { z } from "zod";

export const auditEntrySchema = z.object({
  seq: z.number().int(),
  at: z.string(),
  actor: z.string(),
  address: z.string(),
  action: z.string(),
  subject: z.string(),
  intent: z.record(z.string(), z.unknown()).describe("what was asked for"),
  outcome: z.enum(["intended", "done", "refused", "failed"]),
  detail: z.string().nullable().describe("the reason of a refusal or failure"),
  closes: z.number().int().nullable().describe("the seq of the intent that this row closes"),
});

export type AuditEntry = z.infer<typeof auditEntrySchema>;

export interface AuditFilter {
  actor?: string | undefined;
  /** an action, or its beginning with a dot: `service.` */
  action?: string | undefined;
  subject?: string | undefined;
  outcome?: AuditEntry["outcome"] | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** in actor, subject, action, address, intent or detail */
  q?: string | undefined;
}
