/** Backups, plans and where they go, as the API tells and takes them. Sizes are bytes, times RFC 3339. */
import { z } from "zod";

export const CONSISTENCIES = ["pause", "stop", "live"] as const;

/** What can be backed up. `host` is `local` where it is left out. */
export const sourceSchema = z.union([
  z.strictObject({ volume: z.string().max(700) }),
  z.strictObject({ path: z.string().max(4096), host: z.string().max(100).optional() }),
  /** a unit or a PM2 app as a whole */
  z.strictObject({ service: z.string().max(700) }),
  /** `{host}/{scope}/{project}`: every volume of a compose stack, its compose and `.env` files */
  z.strictObject({ stack: z.string().max(700) }),
]);

export const keepSchema = z.strictObject({
  last: z.number().int().min(0).max(10_000).default(0),
  daily: z.number().int().min(0).max(10_000).default(0),
  weekly: z.number().int().min(0).max(10_000).default(0),
  monthly: z.number().int().min(0).max(10_000).default(0),
});

/** Globs over paths from the source's root, as `.gitignore` writes them without `!`. */
const patterns = z.array(z.string().min(1).max(1000)).max(200);

export const newBackupSchema = z.strictObject({
  source: sourceSchema,
  consistency: z.enum(CONSISTENCIES).optional(),
  note: z.string().max(500).optional(),
  include: patterns.optional(),
  exclude: patterns.optional(),
  /** ids of destinations beside the local folder */
  destinations: z.array(z.string().max(100)).max(10).optional(),
  /** id of an encryption */
  encryption: z.string().max(100).optional(),
  engine: z.enum(["archive", "restic"]).optional(),
});

export const backupSchema = z.object({
  id: z.string(),
  source: sourceSchema,
  /** `wa-db`, `/home/alice/.clawdis` */
  title: z.string(),
  createdAt: z.string(),
  /** of the archive */
  size: z.number(),
  originalSize: z.number(),
  files: z.number().int(),
  /** entries that should be in it and are not: Trihelm may not read them, or they went away meanwhile */
  leftOut: z.number().int(),
  sha256: z.string(),
  consistency: z.enum(CONSISTENCIES),
  encrypted: z.boolean(),
  engine: z.enum(["archive", "restic"]),
  verifiedAt: z.string().nullable(),
  drilledAt: z.string().nullable(),
  drill: z
    .object({
      at: z.string(),
      passed: z.boolean(),
      seconds: z.number(),
      steps: z.array(z.object({ text: z.string(), result: z.string(), passed: z.boolean() })),
    })
    .nullable(),
  /** why it is not good any more; null: it is, as far as is known */
  damage: z.string().nullable(),
  note: z.string().nullable(),
  /** retention leaves it alone */
  kept: z.boolean(),
  safety: z.object({ for: z.enum(["restore", "delete"]), until: z.string().nullable() }).nullable(),
  copies: z.array(z.object({ destination: z.string(), name: z.string(), at: z.string() })),
  schedule: z.string().nullable(),
  tool: z.object({ name: z.string(), version: z.string() }),
  host: z.string(),
});

export const restoreSchema = z.union([
  z.strictObject({ target: z.strictObject({ volume: z.string().min(1).max(255) }) }),
  /** `confirm` is the name of the volume, or the path of the folder */
  z.strictObject({ inPlace: z.literal(true), confirm: z.string().max(4096) }),
  /** some of it only, into the same place or a new volume */
  z.strictObject({
    paths: z.array(z.string().max(4096)).min(1).max(1000),
    target: z.strictObject({ volume: z.string().min(1).max(255) }),
  }),
]);

/** What the dialog says before: what will happen, how long it takes, who stops. */
export const restorePlanSchema = z.object({
  /** service ids that will be stopped, in that order */
  stops: z.array(z.string()),
  needed: z.number(),
  free: z.number().nullable(),
  steps: z.array(z.object({ name: z.string(), note: z.string().nullable(), seconds: z.number().nullable() })),
  /** why it cannot be done now; null: it can */
  refusal: z.string().nullable(),
});

const cron = z.string().min(9).max(120);

export const newScheduleSchema = z.strictObject({
  source: sourceSchema,
  cron,
  timezone: z.string().max(64),
  keep: keepSchema,
  consistency: z.enum(CONSISTENCIES).default("pause"),
  enabled: z.boolean().default(true),
  include: patterns.default([]),
  exclude: patterns.default([]),
  destinations: z.array(z.string().max(100)).max(10).default([]),
  encryption: z.string().max(100).nullable().default(null),
  engine: z.enum(["archive", "restic"]).default("archive"),
  drillCron: cron.nullable().default(null),
});

export const scheduleSchema = newScheduleSchema.extend({
  id: z.string(),
  title: z.string(),
  /** `Daily 03:00` */
  words: z.string(),
  nextRun: z.string().nullable(),
  /** the next three, this one included */
  nextRuns: z.array(z.string()),
  lastRun: z.object({ at: z.string(), job: z.string(), state: z.string(), message: z.string() }).nullable(),
  drillWords: z.string().nullable(),
  nextDrill: z.string().nullable(),
});

const s3Config = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullable(),
  region: z.string().max(60).default("us-east-1"),
  bucket: z.string().min(1).max(100),
  prefix: z.string().max(500).default(""),
  pathStyle: z.boolean().default(true),
});
const sftpConfig = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65_535).default(22),
  user: z.string().min(1).max(100),
  folder: z.string().min(1).max(1000),
  /** `SHA256:…` of the server's key: none other is trusted */
  hostKey: z.string().max(200),
});

export const newDestinationSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("s3"),
    name: z.string().min(1).max(60),
    config: s3Config,
    secrets: z.strictObject({ accessKeyId: z.string().max(300), secretAccessKey: z.string().max(300) }),
  }),
  z.strictObject({
    kind: z.literal("sftp"),
    name: z.string().min(1).max(60),
    config: sftpConfig,
    secrets: z.strictObject({
      password: z.string().max(300).optional(),
      privateKey: z.string().max(20_000).optional(),
    }),
  }),
]);

/** Secrets are never told. */
export const destinationSchema = z.object({
  /** `local` is the folder of backups itself */
  id: z.string(),
  kind: z.enum(["local", "s3", "sftp"]),
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  checkedAt: z.string().nullable(),
  problem: z.string().nullable(),
  failingSince: z.string().nullable(),
  backups: z.number().int(),
  size: z.number(),
  free: z.number().nullable(),
});

export const newEncryptionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("recipient"), name: z.string().min(1).max(60), recipient: z.string().max(200) }),
  z.strictObject({
    kind: z.literal("passphrase"),
    name: z.string().min(1).max(60),
    passphrase: z.string().min(12).max(1000),
  }),
  /** a new key pair, told once in the recovery kit */
  z.strictObject({ kind: z.literal("generated"), name: z.string().min(1).max(60) }),
]);
export const encryptionSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["recipient", "passphrase"]),
  recipient: z.string().nullable(),
  /** whether this server can read what is encrypted with it: verify, drill and restore need that */
  readable: z.boolean(),
  createdAt: z.string(),
});

/** The strip above the volumes. */
export const backupTotalsSchema = z.object({
  volumes: z.object({ count: z.number().int(), size: z.number().nullable(), protected: z.number().int() }),
  backups: z.object({ count: z.number().int(), size: z.number(), growth: z.number().nullable() }),
  next: z.object({ at: z.string(), title: z.string() }).nullable(),
});

export type Source = z.infer<typeof sourceSchema>;
export type Consistency = (typeof CONSISTENCIES)[number];
export type Keep = z.infer<typeof keepSchema>;
export type NewBackup = z.infer<typeof newBackupSchema>;
export type Backup = z.infer<typeof backupSchema>;
export type Restore = z.infer<typeof restoreSchema>;
export type RestorePlan = z.infer<typeof restorePlanSchema>;
export type NewSchedule = z.infer<typeof newScheduleSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;
export type NewDestination = z.infer<typeof newDestinationSchema>;
export type Destination = z.infer<typeof destinationSchema>;
export type NewEncryption = z.infer<typeof newEncryptionSchema>;
export type Encryption = z.infer<typeof encryptionSchema>;
export type BackupTotals = z.infer<typeof backupTotalsSchema>;
