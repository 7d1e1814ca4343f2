/** Rules, alerts (incidents) and mutes, as the API tells and takes them. Times are RFC 3339, spans are seconds. */
import { z } from "zod";
import { patternSchema } from "#lib/auth/role.ts";

export const SEVERITIES = ["info", "warning", "critical"] as const;
export const RULE_KINDS = [
  /** a service is in one of these states */
  "state",
  /** it restarts again and again */
  "loop",
  "health",
  /** a figure over or under a bound for a while */
  "metric",
  /** lines that match */
  "log",
  /** no good backup for so long */
  "backup",
  /** a disk fills, or will */
  "disk",
  /** a certificate ends soon */
  "certificate",
  /** a login code waits for a person */
  "code",
  /** a check fails or a heartbeat is late */
  "check",
] as const;

export const RULE_CONFIGS = {
  state: z.strictObject({ states: z.array(z.enum(["failed", "stopped", "restarting", "paused", "unknown"])).min(1) }),
  loop: z.strictObject({
    restarts: z.number().int().min(2).max(10_000).default(3),
    within: z.number().int().min(10).max(86_400).default(900),
    /** without a restart for so long it has ended */
    stable: z.number().int().min(10).max(86_400).default(600),
  }),
  health: z.strictObject({}),
  metric: z.strictObject({
    /** `host…`: of the host, without patterns of services */
    series: z.enum(["cpu", "memory", "memoryShare", "hostCpu", "hostMemoryShare", "hostLoad"]),
    over: z.number().nullable().default(null),
    under: z.number().nullable().default(null),
  }),
  log: z.strictObject({
    pattern: z.string().min(1).max(1000).describe("RE2"),
    /** so many within the span */
    count: z.number().int().min(1).max(100_000).default(1),
    within: z.number().int().min(10).max(86_400).default(300),
  }),
  backup: z.strictObject({ days: z.number().min(0.1).max(400).default(2) }),
  disk: z.strictObject({
    /** share that is used */
    over: z.number().min(0.01).max(1).default(0.9),
    /** or full within so many hours, as it grows now; null: that does not matter */
    fullWithin: z.number().min(1).max(720).nullable().default(24),
  }),
  certificate: z.strictObject({
    days: z.number().int().min(1).max(365).default(14),
    /** beside the hosts that HTTPS checks call */
    hosts: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:\d{1,5})?$/,
            "is as in example.org or example.org:8443",
          ),
      )
      .max(100)
      .default([]),
  }),
  code: z.strictObject({}),
  check: z.strictObject({}),
} as const;

const common = {
  name: z.string().trim().min(1).max(100),
  services: z.array(patternSchema).max(100).default([]).describe("empty: every service"),
  severity: z.enum(SEVERITIES).default("warning"),
  lasts: z.number().int().min(0).max(86_400).default(0).describe("seconds that it has to last"),
  channels: z.array(z.string().max(100)).max(20).nullable().default(null).describe("null: those that take everything"),
  enabled: z.boolean().default(true),
};

const variant = <K extends (typeof RULE_KINDS)[number]>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), ...common, config: RULE_CONFIGS[kind] });
/** what has a default for everything need not be said */
const unsaid = <T extends z.ZodType>(config: T) => config.prefault({} as z.input<T>);

export const newRuleSchema = z.discriminatedUnion("kind", [
  variant("state"),
  variant("loop").extend({ config: unsaid(RULE_CONFIGS.loop) }),
  variant("health").extend({ config: unsaid(RULE_CONFIGS.health) }),
  variant("metric"),
  variant("log"),
  variant("backup").extend({ config: unsaid(RULE_CONFIGS.backup) }),
  variant("disk").extend({ config: unsaid(RULE_CONFIGS.disk) }),
  variant("certificate").extend({ config: unsaid(RULE_CONFIGS.certificate) }),
  variant("code").extend({ config: unsaid(RULE_CONFIGS.code) }),
  variant("check").extend({ config: unsaid(RULE_CONFIGS.check) }),
]);

export const ruleSchema = z.object({
  id: z.string(),
  /** there from the start: it can be changed and turned off, not removed */
  builtIn: z.boolean(),
  name: z.string(),
  kind: z.enum(RULE_KINDS),
  config: z.record(z.string(), z.unknown()),
  services: z.array(z.string()),
  severity: z.enum(SEVERITIES),
  lasts: z.number().int(),
  channels: z.array(z.string()).nullable(),
  enabled: z.boolean(),
  by: z.string(),
  createdAt: z.string(),
  /** in a sentence: `A service has failed` */
  words: z.string(),
  /** alerts of it that are open */
  open: z.number().int(),
});

export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  kind: z.enum(RULE_KINDS),
  service: z.string().nullable(),
  subject: z.string(),
  title: z.string(),
  why: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(["open", "acknowledged", "ended"]),
  openedAt: z.string(),
  lastAt: z.string(),
  count: z.number().int(),
  endedAt: z.string().nullable(),
  ending: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  acknowledgedBy: z.string().nullable(),
  note: z.string().nullable(),
  /** id of the alert that this one is part of */
  parent: z.string().nullable(),
  /** alerts that are part of this one */
  parts: z.number().int(),
  toldAt: z.string().nullable(),
  /** why nobody was told: a mute, quiet hours, no channel, part of another */
  untold: z.string().nullable(),
});

export const muteSchema = z.object({
  id: z.string(),
  kind: z.enum(["mute", "maintenance"]),
  services: z.array(z.string()),
  rule: z.string().nullable(),
  from: z.string(),
  until: z.string().nullable(),
  cron: z.string().nullable(),
  timezone: z.string().nullable(),
  lasts: z.number().int().nullable(),
  reason: z.string(),
  by: z.string(),
  createdAt: z.string(),
  /** now */
  active: z.boolean(),
});

export const newMuteSchema = z.strictObject({
  kind: z.enum(["mute", "maintenance"]).default("mute"),
  services: z.array(patternSchema).max(100).default([]),
  rule: z.string().max(100).nullable().default(null),
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).nullable().default(null),
  cron: z.string().max(120).nullable().default(null),
  timezone: z.string().max(64).nullable().default(null),
  lasts: z.number().int().min(60).max(604_800).nullable().default(null),
  reason: z.string().trim().max(500).default(""),
});

export type Severity = (typeof SEVERITIES)[number];
export type RuleKind = (typeof RULE_KINDS)[number];
export type NewRule = z.infer<typeof newRuleSchema>;
export type Rule = z.infer<typeof ruleSchema>;
export type Alert = z.infer<typeof alertSchema>;
export type Mute = z.infer<typeof muteSchema>;
export type NewMute = z.infer<typeof newMuteSchema>;
