/** The port ledger: every socket that listens on this server, whose it is, and who can reach it. */
import { z } from "zod";

export const listeningSchema = z.object({
  protocol: z.enum(["tcp", "udp"]),
  address: z.string(),
  port: z.number().int(),
  owner: z.object({
    kind: z.enum(["service", "process", "unknown"]),
    /** id of the service: a unit, an app, a container */
    service: z.string().nullable(),
    /** `redis-server (4711)`, `wa-redis` */
    name: z.string(),
    pid: z.number().int().nullable(),
    /** in the container, where the engine forwards it */
    target: z.number().int().nullable(),
  }),
  reach: z.enum(["local", "network"]).describe("local: only this machine can reach it"),
  /** what a firewall here says of it from outside: open, closed; null: there is none or it cannot be read */
  firewall: z.enum(["open", "closed"]).nullable(),
  /** reachable although the firewall says closed: why, in a sentence */
  exposed: z.string().nullable(),
});

/** A port that two want: who has it, and who would not get it on its next start. */
export const conflictSchema = z.object({
  protocol: z.enum(["tcp", "udp"]),
  address: z.string(),
  port: z.number().int(),
  holder: z.object({ service: z.string().nullable(), name: z.string() }).nullable(),
  /** ids of services that are set to listen there */
  wants: z.array(z.string()),
  words: z.string(),
});

export const ledgerSchema = z.object({
  items: z.array(listeningSchema),
  conflicts: z.array(conflictSchema),
  /** what could not be read, and what to do about it; null: everything was */
  problem: z.string().nullable(),
  readAt: z.string(),
});

export type Listening = z.infer<typeof listeningSchema>;
export type PortConflict = z.infer<typeof conflictSchema>;
export type Ledger = z.infer<typeof ledgerSchema>;
