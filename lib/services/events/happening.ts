/** What happened to a service, as the API tells it. Times are RFC 3339. */
import { z } from "zod";

export const HAPPENINGS = [
  "started",
  "stopped",
  /** it ended by itself */
  "exited",
  "restarted",
  "paused",
  "unpaused",
  "healthy",
  "unhealthy",
  /** another image, unit file or script under the same name */
  "changed",
  /** another container under the same name */
  "recreated",
  /** it was asked to start, and its supervisor did not try: a condition or what it depends on */
  "unstarted",
  /** the machine itself, `service` being its host alone: it was started anew */
  "rebooted",
] as const;

export const happeningSchema = z.object({
  at: z.string(),
  kind: z.enum(HAPPENINGS),
  count: z.number().int().describe("so many at once, where only the supervisor's counter tells"),
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  oomKilled: z.boolean(),
  by: z.string().nullable().describe("who asked for it here; null: nobody here did"),
  reason: z.string().nullable().describe("one sentence in the tool's terms, as far as it is known"),
  detail: z
    .object({
      from: z.string().optional(),
      to: z.string().optional(),
      memoryLimit: z.number().optional(),
      ran: z.number().optional().describe("seconds from its start to its end, where one look saw both"),
      asked: z
        .enum(["policy", "elsewhere"])
        .optional()
        .describe("nobody here asked: its supervisor did it by itself, or another tool had it done"),
    })
    .nullable(),
  missed: z.boolean().describe("it happened while Trihelm was away: its time is the supervisor's, or unknown"),
});

export type HappeningKind = (typeof HAPPENINGS)[number];
export type Happening = z.infer<typeof happeningSchema>;
