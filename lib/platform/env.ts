/**
 * Configuration comes from the environment only. It is read once, checked whole, and every problem is in one message.
 * Any setting that can hold a secret may be given as `NAME_FILE`, a path whose content is the value.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Network, readNetwork } from "./address.ts";
import { readSignIn, type SignInSettings, signInProblems, signInShape, signInWarnings } from "./env-sign-in.ts";
import { AppError, messageOf } from "./errors.ts";
import { singleton } from "./singleton.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
const SECRETS = ["DOCKER_HOST", "TRIHELM_OIDC_CLIENT_SECRET"];

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);
const networks = list
  .refine(
    (texts) => texts.every((text) => readNetwork(text) !== null),
    "is a comma list of addresses and networks like 10.0.0.0/8",
  )
  .transform((texts) => texts.map(readNetwork).filter((network) => network !== null))
  .default([]);
const flag = z.enum(["0", "1"], "is 0 or 1").transform((text) => text === "1");

const schema = z.object({
  TRIHELM_HOST: z.string().min(1).default("127.0.0.1"),
  TRIHELM_PORT: z.coerce.number("is a port number").int().min(0).max(65535).default(7420),
  TRIHELM_BASE_URL: z.url({ protocol: /^https?$/, error: "is an http or https URL" }).optional(),
  TRIHELM_ALLOWED_HOSTS: list
    .refine(
      (hosts) => hosts.every((host) => readHost(host) !== null),
      "is a comma list of host names, without wildcards",
    )
    .transform((hosts) => hosts.map((host) => readHost(host) ?? host))
    .default([]),
  TRIHELM_TRUSTED_PROXIES: networks,
  TRIHELM_METRICS_ALLOW: networks,
  TRIHELM_DATA_DIR: z.string().refine(path.isAbsolute, "is an absolute path").optional(),
  TRIHELM_PM2_HOMES: list
    .refine((homes) => homes.every(path.isAbsolute), "is a comma list of absolute paths")
    .optional(),
  TRIHELM_SYSTEMD: z.enum(["system", "user", "off"], "is system, user or off").default("system"),
  TRIHELM_LOG_LEVEL: z
    .enum(
      ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
      "is trace, debug, info, warn, error, fatal or silent",
    )
    .default("info"),
  TRIHELM_DEMO: flag.default(false),
  TRIHELM_CONTAINER: flag.default(false),
  DOCKER_HOST: z
    .string()
    .regex(
      /^(unix|tcp|http|https):\/\//,
      "begins with unix://, tcp://, http:// or https:// (forward a remote socket with ssh -L)",
    )
    .optional(),
  ...signInShape,
});

export interface Env extends SignInSettings {
  host: string;
  port: number;
  /** where people reach the pages, without a slash at its end; null: the address itself */
  baseUrl: string | null;
  /** names beside base URL and loopback under which requests may come, as a `Host` header spells them; without a port: any */
  allowedHosts: string[];
  /** whose `X-Forwarded-For` is believed */
  trustedProxies: Network[];
  /** who may read /metrics without a token */
  metricsAllow: Network[];
  /** as a path is told: no doubled slash, none at its end */
  dataDir: string;
  /** null: look for them */
  pm2Homes: string[] | null;
  systemd: "system" | "user" | "off";
  logLevel: string;
  /** set by the image: the address inside is a wide one, and the published one is what people reach */
  container: boolean;
  /** show made-up services instead of this server's own */
  demo: boolean;
  dockerHost: string | null;
  /** names under TRIHELM_ that nothing reads: most likely misspelt */
  unknown: string[];
  /** what works and is unwise, a sentence each */
  warnings: string[];
}

/** Reads and checks a whole environment. Throws AppError `validation` with every problem in its message. */
export function readEnv(source: Record<string, string | undefined>): Env {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) if (value !== undefined && value !== "") values[name] = value;
  for (const name of SECRETS) {
    const file = values[`${name}_FILE`];
    if (!file) continue;
    if (values[name]) problems.push(`${name} and ${name}_FILE are both set: keep one`);
    try {
      values[name] = fs.readFileSync(file, "utf8").trim();
    } catch (error) {
      problems.push(`${name}_FILE cannot be read: ${messageOf(error)}`);
    }
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join(".")} ${issue.message}`);
  else problems.push(...signInProblems(parsed.data));
  if (!parsed.success || problems.length > 0)
    throw new AppError(
      "validation",
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
  const known = new Set([...Object.keys(schema.shape), ...SECRETS.map((name) => `${name}_FILE`)]);
  const data = parsed.data;
  return {
    host: data.TRIHELM_HOST,
    port: data.TRIHELM_PORT,
    baseUrl: data.TRIHELM_BASE_URL?.replace(/\/+$/, "") ?? null,
    allowedHosts: data.TRIHELM_ALLOWED_HOSTS,
    trustedProxies: data.TRIHELM_TRUSTED_PROXIES,
    metricsAllow: data.TRIHELM_METRICS_ALLOW,
    dataDir: path.resolve(/*turbopackIgnore: true*/ data.TRIHELM_DATA_DIR ?? defaultDataDir(values)),
    pm2Homes: data.TRIHELM_PM2_HOMES ?? null,
    systemd: data.TRIHELM_SYSTEMD,
    logLevel: data.TRIHELM_LOG_LEVEL,
    container: data.TRIHELM_CONTAINER,
    demo: data.TRIHELM_DEMO,
    dockerHost: data.DOCKER_HOST ?? null,
    unknown: Object.keys(values).filter((name) => name.startsWith("TRIHELM_") && !known.has(name)),
    warnings: [...exposures(data), ...signInWarnings(data)],
    ...readSignIn(data),
  };
}

/** This process's configuration. */
export function env(): Env {
  return singleton("env", () => readEnv(process.env));
}

/** A host name as a `Host` header spells it: lower case, punycode, with the port if one was given. Null: it is none. */
function readHost(text: string): string | null {
  if (/[/?#@\\\s*]/.test(text) || !URL.canParse(`http://${text}`)) return null;
  const port = /:(\d{1,5})$/.exec(text)?.[1];
  // a URL drops port 80, which somebody who wrote it means
  return `${new URL(`http://${text}`).hostname}${port ? `:${Number(port)}` : ""}`;
}

function exposures(data: z.infer<typeof schema>): string[] {
  const base = data.TRIHELM_BASE_URL ? new URL(data.TRIHELM_BASE_URL) : null;
  if (base?.protocol === "https:") return [];
  if (base && !LOOPBACK.test(base.hostname))
    return [
      "TRIHELM_BASE_URL is http: passwords and sessions cross the network readable by whoever is on the way. Put a reverse proxy with TLS in front and set its https address",
    ];
  if (LOOPBACK.test(data.TRIHELM_HOST) || data.TRIHELM_CONTAINER) return [];
  return [
    "TRIHELM_HOST can be reached from outside, without TLS: passwords and sessions cross the network readable. Listen on 127.0.0.1 behind a reverse proxy, and set TRIHELM_BASE_URL to its https address",
  ];
}

function defaultDataDir(values: Record<string, string>): string {
  if (process.getuid?.() === 0) return "/var/lib/trihelm";
  return path.join(values.XDG_STATE_HOME ?? path.join(os.homedir(), ".local", "state"), "trihelm");
}
