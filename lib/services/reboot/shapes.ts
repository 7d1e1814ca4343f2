/** What will not come back after a reboot of the host, and what to do about each. */
import { z } from "zod";

export const rebootConcernSchema = z.object({
  /** id of the service; null: it is about a supervisor or the host */
  service: z.string().nullable(),
  title: z.string(),
  kind: z.enum([
    "no-restart-policy",
    "stopped-by-hand",
    "disabled",
    "masked",
    "not-saved",
    "save-out-of-date",
    "no-startup",
    "startup-out-of-date",
    "engine-disabled",
    "circular-order",
    "waits-for-stopped",
  ]),
  /** what will happen */
  words: z.string(),
  /** the fix, as a command to copy; null: `fix` says it */
  command: z.string().nullable(),
  fix: z.string(),
});

export const rebootSchema = z.object({
  items: z.array(rebootConcernSchema),
  /** services that run now and come back by themselves */
  ready: z.number().int(),
  bootedAt: z.string().nullable(),
  /** a reboot is due: why; null: none is */
  due: z.string().nullable(),
  /** what could not be looked at */
  problems: z.array(z.string()),
  readAt: z.string(),
});

export type RebootConcern = z.infer<typeof rebootConcernSchema>;
export type RebootReadiness = z.infer<typeof rebootSchema>;
