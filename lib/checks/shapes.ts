/** Checks as the API tells and takes them. Times are RFC 3339, spans are seconds, latencies milliseconds. */
import { z } from "zod";

export const CHECK_KINDS = ["http", "tcp", "command", "silent", "prints", "heartbeat"] as const;
export const CHECK_STATES = ["waiting", "up", "down", "late", "running"] as const;

const service = z.string().min(3).max(700).describe("id of the service whose health it tells");
const rest = {
  name: z.string().trim().min(1).max(100),
  every: z.number().int().min(5).max(86_400).default(60).describe("seconds between two runs"),
  timeout: z.number().int().min(1).max(300).default(10).describe("seconds"),
  tolerates: z.number().int().min(0).max(100).default(0).describe("failures in a row that are borne"),
  enabled: z.boolean().default(true),
};

export const httpSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
  expect: z
    .string()
    .regex(/^[1-5](\d\d|xx)(-[1-5]\d\d)?(,[1-5](\d\d|xx)(-[1-5]\d\d)?)*$/, "is as in 200, 2xx, 200-399 or 200,301")
    .default("200-399"),
  contains: z.string().max(500).nullable().default(null).describe("a text that the first 256 KB of the answer hold"),
  headers: z.record(z.string().max(100), z.string().max(2000)).default({}),
  /** false: a certificate that nobody vouches for is borne */
  verify: z.boolean().default(true),
});
export const tcpSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
});
/** An argv, never a shell; on the host, or in the container that the check's service is. */
export const commandSchema = z.strictObject({
  command: z.array(z.string().max(4096)).min(1).max(100),
  inside: z.boolean().default(false),
});
export const silentSchema = z.strictObject({
  /** down when nothing was printed for so long */
  minutes: z.number().int().min(1).max(10_080),
  matching: z.string().max(1000).nullable().default(null).describe("RE2; only such lines count"),
});
export const printsSchema = z.strictObject({
  pattern: z.string().min(1).max(1000).describe("RE2"),
  /** seconds after its start */
  within: z.number().int().min(1).max(86_400),
});
export const heartbeatSchema = z.strictObject({
  /** five fields, instead of `every` */
  cron: z.string().max(120).nullable().default(null),
  timezone: z.string().max(64).default("UTC"),
});

export const newCheckSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("http"), ...rest, service: service.nullable().default(null), config: httpSchema }),
  z.strictObject({ kind: z.literal("tcp"), ...rest, service: service.nullable().default(null), config: tcpSchema }),
  z.strictObject({
    kind: z.literal("command"),
    ...rest,
    service: service.nullable().default(null),
    config: commandSchema,
  }),
  z.strictObject({ kind: z.literal("silent"), ...rest, service, config: silentSchema }),
  z.strictObject({ kind: z.literal("prints"), ...rest, service, config: printsSchema }),
  z.strictObject({
    kind: z.literal("heartbeat"),
    ...rest,
    every: z.number().int().min(10).max(31_536_000).default(86_400).describe("seconds between two calls"),
    timeout: z.number().int().min(0).max(2_592_000).default(300).describe("seconds of grace"),
    service: service.nullable().default(null),
    config: heartbeatSchema.default({ cron: null, timezone: "UTC" }),
  }),
]);

export const checkResultSchema = z.object({
  at: z.string(),
  state: z.enum(["up", "down", "late", "started"]),
  latency: z.number().int().nullable(),
  message: z.string().nullable(),
});

export const checkSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(CHECK_KINDS),
  service: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  every: z.number().int(),
  timeout: z.number().int(),
  tolerates: z.number().int(),
  enabled: z.boolean(),
  /** the address that a job calls; only to who may configure */
  url: z.string().nullable(),
  by: z.string(),
  createdAt: z.string(),
  state: z.enum(CHECK_STATES).describe("`late`: a heartbeat has not come; `running`: it said that it began"),
  /** since when it is in this state */
  since: z.string().nullable(),
  checkedAt: z.string().nullable(),
  latency: z.number().int().nullable(),
  /** one sentence, literal words between backquotes */
  message: z.string().nullable(),
  failures: z.number().int().describe("in a row"),
  /** share of the last day that it was up; null: nothing is known of it */
  uptime: z.number().nullable(),
  nextAt: z.string().nullable(),
  recent: z.array(checkResultSchema).optional().describe("the last 30, oldest first, where they were asked for"),
});

export type NewCheck = z.infer<typeof newCheckSchema>;
export type Check = z.infer<typeof checkSchema>;
export type CheckKind = (typeof CHECK_KINDS)[number];
export type CheckState = (typeof CHECK_STATES)[number];
export type CheckResult = z.infer<typeof checkResultSchema>;
