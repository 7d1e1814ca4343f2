/** The public shape of a service and its supervisor: one definition for validation, OpenAPI and the pages' types. */
import { z } from "zod";
import type { Alert } from "#lib/alerts/shapes.ts";
import type { Check } from "#lib/checks/shapes.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { CodeEvent } from "#lib/relay/shapes.ts";
import { SERVICE_ACTIONS, SERVICE_STATES, SUPERVISOR_KINDS } from "#lib/supervisors/supervisor.ts";

const time = z.iso.datetime({ offset: false }).describe("RFC 3339, UTC");

export const portSchema = z.object({
  protocol: z.enum(["tcp", "udp"]),
  address: z.string(),
  port: z.number().int(),
  target: z.number().int().nullable(),
});

export const instanceSchema = z.object({
  id: z.string(),
  pid: z.number().int().nullable(),
  state: z.string(),
  cpu: z.number().nullable().describe("of one core"),
  memory: z.number().nullable().describe("bytes"),
  restarts: z.number().int(),
  since: time.nullable(),
});

export const serviceSchema = z.object({
  id: z.string().describe("{host}/{scope}/{name}, each segment percent-encoded"),
  host: z.string(),
  scope: z.string(),
  name: z.string(),
  supervisor: z.enum(SUPERVISOR_KINDS),
  title: z.string(),
  group: z.string().nullable(),
  state: z.enum(SERVICE_STATES),
  nativeState: z.string(),
  health: z.enum(["healthy", "unhealthy", "starting", "none"]),
  since: time.nullable(),
  restarts: z.number().int(),
  lastExit: z
    .object({
      code: z.number().int().nullable(),
      signal: z.string().nullable(),
      oomKilled: z.boolean(),
      at: time.nullable(),
      asked: z.literal(true).optional().describe("its supervisor was told to end it, by whomever"),
    })
    .nullable(),
  instances: z.array(instanceSchema),
  cpu: z.number().nullable().describe("of one core, all instances"),
  memory: z.object({ used: z.number(), limit: z.number().nullable() }).nullable(),
  ports: z.array(portSchema),
  restartPolicy: z.object({
    policy: z.enum(["no", "on-failure", "always", "unless-stopped"]),
    delay: z.number().nullable(),
    limit: z.number().nullable(),
    window: z.number().nullable(),
  }),
  startsAtBoot: z.boolean().nullable(),
  source: z.string(),
  protected: z.boolean(),
  actions: z.array(z.enum(SERVICE_ACTIONS)),
  // beyond the promised fields: what the board needs to say why something is not fine
  listed: z.boolean().describe("on the board without all=1"),
  pinned: z.boolean(),
  tag: z.string().nullable(),
  reason: z.string().nullable(),
  dependents: z.array(z.string()).describe("ids of services that are told to need this one"),
  pending: z
    .object({ action: z.enum(SERVICE_ACTIONS), since: time, actor: z.string() })
    .nullable()
    .describe("an action under way"),
  code: z
    .object({
      kind: z.enum(["whatsapp", "telegram", "signal", "otpauth", "url", "text"]),
      since: time,
      every: z.number().int().nullable().describe("seconds between two of its codes, as far as that was seen"),
    })
    .nullable()
    .describe("it shows a QR code and waits for somebody to scan it: since when"),
  stale: time.nullable().describe("its supervisor cannot be reached: the values are of this time"),
});

export const supervisorSchema = z.object({
  id: z.string(),
  kind: z.enum(SUPERVISOR_KINDS),
  scope: z.string(),
  available: z.boolean(),
  version: z.string().nullable(),
  channel: z.string().nullable().describe("how it is reached, in a word"),
  error: z
    .object({
      code: z.enum(["absent", "denied", "unreachable"]),
      detail: z.string(),
      hint: z.string(),
      command: z.string().nullable(),
      since: time,
    })
    .nullable(),
  total: z.number().int().describe("services it has, listed or not"),
  others: z.number().int().describe("those that only all=1 shows"),
});

export const hostSchema = z.object({
  name: z.string(),
  os: z.string().nullable(),
  cores: z.number().int(),
  uptime: z.number().nullable().describe("seconds"),
  rebootDue: z.boolean(),
  cpu: z.number().nullable().describe("fraction of all cores"),
  memory: z.object({ used: z.number(), total: z.number() }).nullable(),
  disk: z.object({ used: z.number(), total: z.number(), path: z.string() }).nullable(),
  load: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  network: z.object({ in: z.number(), out: z.number() }).nullable().describe("bytes per second"),
  io: z.object({ read: z.number(), write: z.number() }).nullable().describe("bytes per second, over all disks"),
  recent: z
    .object({
      step: z.number(),
      cpu: z.array(z.number()),
      memory: z.array(z.number()),
      load: z.array(z.number()),
      network: z.array(z.number()),
    })
    .describe("the last hour, oldest first, one value per `step` seconds"),
});

export const needSchema = z.object({
  service: z.string(),
  kind: z
    .enum(["failed", "restarting", "code", "unhealthy"])
    .describe("`code`: it shows a login code and waits for a person"),
  what: z.string().describe("after the name: `failed`, `17 restarts in 12 min`"),
  why: z.string().describe("literal words of the tool between backquotes"),
  since: time.nullable(),
  action: z.enum(SERVICE_ACTIONS).nullable().describe("the one likely remedy"),
  evidence: z
    .array(z.object({ at: time, kind: z.enum(["up", "down", "restart", "exit", "healthy", "unhealthy"]) }))
    .describe("of the last hour"),
});

export const boardSchema = z.object({
  items: z.array(serviceSchema),
  supervisors: z.array(supervisorSchema),
  generatedAt: time,
});

export type Service = z.infer<typeof serviceSchema>;
export type Supervisor = z.infer<typeof supervisorSchema>;
export type HostReading = z.infer<typeof hostSchema>;
export type Need = z.infer<typeof needSchema>;
export type Board = z.infer<typeof boardSchema>;

/** What `/events` sends, by event name. `usage` and `host` come only while a page listens. */
export interface LiveEvents {
  snapshot: Board & { needs: Need[]; host: HostReading | null; sparks: Sparks };
  service: Service;
  gone: { id: string };
  supervisor: Supervisor;
  /** changed figures only, so that a row repaints without the whole service being sent again */
  usage: { at: string; items: UsageDelta[] };
  host: HostReading;
  needs: { items: Need[] };
  /** something about this volume has changed, or it is gone */
  volume: { id: string };
  /** without its log, at most four times a second */
  job: Job;
  /** the QR code of a service: seen, replaced by its next, stale, linked, gone. Never what it says */
  code: CodeEvent;
  /** an alert began, counted on, was acknowledged or ended */
  alert: Alert;
  /** a check runs into another state, was made, changed or removed; without its address */
  check: Check & { removed?: true };
}

/** The figures of one changed row, in the shapes that `Service` has them. */
export interface UsageDelta {
  id: string;
  cpu: number | null;
  memory: Service["memory"];
  instances: { id: string; cpu: number | null; memory: number | null }[];
  /** present once a minute: the value to append to the service's spark */
  minute?: number;
}

/** CPU of the last hour per service id, oldest first, one value per minute. */
export type Sparks = Record<string, number[]>;
