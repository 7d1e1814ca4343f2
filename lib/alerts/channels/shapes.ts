/** Channels as the API tells and takes them. What is secret goes in and never comes out. */
import { z } from "zod";
import { SEVERITIES } from "../shapes.ts";

export const CHANNEL_KINDS = [
  "mail",
  "webhook",
  "ntfy",
  "gotify",
  "telegram",
  "discord",
  "slack",
  "push",
  "alertmanager",
  "apprise",
] as const;

const url = z.url({ protocol: /^https?$/ }).max(2000);
/** let through although it is of this machine or its network's own: link-local ones never are */
const local = z.boolean().default(false).describe("an address of this machine may be called");

/** By kind: what everybody who may configure sees, and what is sealed. */
export const CHANNEL_CONFIGS = {
  mail: {
    config: z.strictObject({
      host: z.string().min(1).max(253),
      port: z.number().int().min(1).max(65_535).default(587),
      security: z.enum(["tls", "starttls", "none"]).default("starttls"),
      user: z.string().max(200).nullable().default(null),
      from: z.string().min(3).max(320),
      to: z.array(z.string().min(3).max(320)).min(1).max(50),
      local,
    }),
    secrets: z.strictObject({ password: z.string().max(1000).optional() }),
  },
  webhook: {
    config: z.strictObject({ local }),
    secrets: z.strictObject({
      url,
      /** signs the body: `Trihelm-Signature: t=…,v1=…` */
      key: z.string().min(8).max(500).optional(),
      headers: z.record(z.string().max(100), z.string().max(2000)).optional(),
    }),
  },
  ntfy: {
    config: z.strictObject({
      server: url.default("https://ntfy.sh"),
      topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
      local,
    }),
    secrets: z.strictObject({ token: z.string().max(500).optional() }),
  },
  gotify: {
    config: z.strictObject({ server: url, local }),
    secrets: z.strictObject({ token: z.string().min(1).max(500) }),
  },
  telegram: {
    config: z.strictObject({
      chat: z.string().min(1).max(100),
      /** where the Bot API is called through: `http://proxy:3128` */
      proxy: url.nullable().default(null),
      server: url.default("https://api.telegram.org"),
      local,
    }),
    secrets: z.strictObject({
      token: z.string().regex(/^\d+:[\w-]+$/, "is as the bot's maker gave it: 123456:ABC…"),
      /** `user:password` of the proxy */
      proxyAuth: z.string().max(500).optional(),
    }),
  },
  discord: { config: z.strictObject({ local }), secrets: z.strictObject({ url }) },
  slack: { config: z.strictObject({ local }), secrets: z.strictObject({ url }) },
  /** browsers that have asked for it */
  push: { config: z.strictObject({}), secrets: z.strictObject({}) },
  alertmanager: {
    config: z.strictObject({ server: url, user: z.string().max(200).nullable().default(null), local }),
    secrets: z.strictObject({ password: z.string().max(1000).optional() }),
  },
  apprise: { config: z.strictObject({}), secrets: z.strictObject({ url: z.string().min(3).max(2000) }) },
} as const;

export const quietSchema = z.strictObject({
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is a time such as 22:00"),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is a time such as 07:00"),
  timezone: z.string().max(64),
  /** critical alerts are told all the same */
  exceptCritical: z.boolean().default(true),
});

const common = {
  name: z.string().trim().min(1).max(100),
  enabled: z.boolean().default(true),
  takesAll: z.boolean().default(true),
  severity: z.enum(SEVERITIES).default("info").describe("the least that it takes"),
  quiet: quietSchema.nullable().default(null),
};

const variant = <K extends (typeof CHANNEL_KINDS)[number]>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    ...common,
    config: CHANNEL_CONFIGS[kind].config,
    secrets: CHANNEL_CONFIGS[kind].secrets,
  });

export const newChannelSchema = z.discriminatedUnion("kind", [
  variant("mail"),
  variant("webhook"),
  variant("ntfy"),
  variant("gotify"),
  variant("telegram"),
  variant("discord"),
  variant("slack"),
  variant("push"),
  variant("alertmanager"),
  variant("apprise"),
]);

export const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(CHANNEL_KINDS),
  config: z.record(z.string(), z.unknown()),
  /** names of the secrets that it has */
  secrets: z.array(z.string()),
  enabled: z.boolean(),
  takesAll: z.boolean(),
  severity: z.enum(SEVERITIES),
  quiet: quietSchema.nullable(),
  createdAt: z.string(),
  lastOkAt: z.string().nullable(),
  problem: z.string().nullable(),
  failingAt: z.string().nullable(),
  /** messages that wait to leave */
  waiting: z.number().int(),
});

/** What one message says, whatever the channel makes of it. */
export interface Message {
  kind: "opened" | "again" | "acknowledged" | "recovered" | "test";
  severity: (typeof SEVERITIES)[number];
  /** `wa-worker failed` */
  title: string;
  /** sentences, literal words between backquotes */
  text: string;
  host: string;
  service: string | null;
  /** where it can be looked at */
  url: string;
  /** RFC 3339 */
  at: string;
  incident: string | null;
  /** labels as Prometheus has them */
  labels: Record<string, string>;
}

export type ChannelKind = (typeof CHANNEL_KINDS)[number];
export type NewChannel = z.infer<typeof newChannelSchema>;
export type Channel = z.infer<typeof channelSchema>;
