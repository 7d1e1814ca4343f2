/** Checks as people make, see, change and run them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Access, may, reaches } from "#lib/auth/access.ts";
import { seal, unseal } from "#lib/auth/seal.ts";
import { hashSecret, randomToken } from "#lib/auth/secret.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { MASK } from "#lib/services/mask.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type Live, openBook } from "./book.ts";
import { checkWanted, invalid } from "./check-wanted.ts";
import type { RunOutcome } from "./run.ts";
import { type Check, type CheckResult, type NewCheck, newCheckSchema } from "./shapes.ts";
import { sealHeaders, shownToMakers } from "./shown-config.ts";
import { type CheckPlan, readResults } from "./store.ts";
import { watchAtHand } from "./watch.ts";

const MOST = 20_000;
/** checks of a list that tell what came of them lately */
const MOST_RECENT = 300;
const PURPOSE = "heartbeat";

/** What can be changed of a check, by any kind; the kind's own shape is asked for the whole afterwards. */
export const checkChangeSchema = z.strictObject({
  name: z.string().optional(),
  service: z.string().nullable().optional(),
  every: z.number().optional(),
  timeout: z.number().optional(),
  tolerates: z.number().optional(),
  enabled: z.boolean().optional(),
  config: z.record(z.string(), z.unknown()).optional().describe("what is left out stays"),
});

export type CheckChange = z.infer<typeof checkChangeSchema>;

/** Whom a check is shown to, and under which address they reach this server. */
export interface Viewer {
  access: Access;
  /** `https://trihelm.example` */
  origin: string;
}

/** Those that the viewer may know of, in the order of their making. */
export async function listChecks(
  viewer: Viewer,
  { service, recent }: { service?: string | undefined; recent: boolean },
): Promise<Check[]> {
  const book = await openBook();
  const checks = book.all().filter(({ plan }) => mayKnow(plan, viewer.access));
  const wanted = service === undefined ? checks : checks.filter(({ plan }) => plan.service === service);
  return Promise.all(
    wanted.map(async (live, n) => {
      const check = await showCheck(live, viewer);
      return recent && n < MOST_RECENT ? { ...check, recent: await book.recentOf(live) } : check;
    }),
  );
}

/** Throws AppError `not_found`, also for one that this caller may not know of. */
export async function requireCheck(id: string, access: Access): Promise<Live> {
  const live = (await openBook()).get(id);
  if (!live || !mayKnow(live.plan, access))
    throw new AppError("not_found", `There is no check ${id}. GET /api/v1/checks lists them`);
  return live;
}

export async function showCheck(live: Live, { access, origin }: Viewer): Promise<Check> {
  const check = (await openBook()).shown(live);
  if (!may(access, "configure", live.plan.service)) return check;
  const token = tokenOf(live.plan);
  const url = token === null ? null : `${origin}/api/v1/heartbeats/${token}`;
  return { ...check, config: shownToMakers(live.plan), url };
}

/** Throws AppError `validation`, `conflict` where there are too many. */
export async function createCheck(wanted: NewCheck, by: string): Promise<Live> {
  checkWanted(wanted);
  const book = await openBook();
  if (book.all().length >= MOST) throw new AppError("conflict", `There are ${MOST} checks. Remove one first`);
  const token = wanted.kind === "heartbeat" ? randomToken() : null;
  return book.add({
    ...wanted,
    service: idOf(wanted.service),
    config: sealed(wanted, null),
    ...{ id: randomUUID(), by, createdAt: new Date() },
    secret: token && seal(token, PURPOSE),
    hash: token && hashSecret(token),
  });
}

/** Throws as `createCheck`, and `not_found`. What was known of another target is not known of this one. */
export async function changeCheck(live: Live, change: CheckChange): Promise<Live> {
  const { plan } = live;
  const wanted = changed(plan, change);
  const isMoved = wanted.service !== plan.service;
  const config = sealed(wanted, plan);
  const isOther = isMoved || JSON.stringify(config) !== JSON.stringify(plan.config);
  // a service that is gone by now is no reason to refuse another name, or to refuse to turn it off
  if (isOther) checkWanted(isMoved || wanted.kind === "command" ? wanted : ({ ...wanted, service: null } as NewCheck));
  const after: CheckPlan = { ...plan, ...wanted, service: isMoved ? idOf(wanted.service) : plan.service, config };
  const fresh = after.enabled !== plan.enabled || (plan.kind !== "heartbeat" && isOther);
  const now = await (await openBook()).change(plan.id, after, { fresh });
  if (!now) throw new AppError("not_found", "The check was removed meanwhile");
  return now;
}

/** With all that came of it. Throws AppError `not_found`. */
export async function removeCheck(id: string): Promise<void> {
  if (!(await (await openBook()).remove(id))) throw new AppError("not_found", `There is no check ${id}`);
}

/** Runs it now, or joins the run under way. Throws AppError `conflict` for a heartbeat, which is called. */
export async function runNow(live: Live): Promise<CheckResult> {
  if (live.plan.kind === "heartbeat")
    throw new AppError("conflict", "A heartbeat is not run: the job calls its address. Call it once to try it");
  const watch = watchAtHand();
  if (!watch) throw new AppError("supervisor_unavailable", "Trihelm is starting. Try again in a few seconds");
  const at = new Date().toISOString();
  const { verdict, latency, message }: RunOutcome = await watch.now(live);
  return { at, state: verdict === "up" ? "up" : "down", latency, message };
}

/** Newest first. */
export async function resultsOf(live: Live, limit: number): Promise<CheckResult[]> {
  await (await openBook()).flush();
  return readResults(live.plan.id, limit);
}

/** What stands alone is for those who are limited to no services. */
function mayKnow({ service }: CheckPlan, access: Access): boolean {
  return service === null ? access.services === null : reaches(access, service);
}

/** As it is written here: a client may encode it in another way. */
function idOf(service: string | null): string | null {
  return service === null ? null : (snapshot().service(service)?.id ?? service);
}

function changed(plan: CheckPlan, { config, ...change }: CheckChange): NewCheck {
  const { kind, name, service, every, timeout, tolerates, enabled } = plan;
  const before = { ...plan.config, ...(kind === "http" ? { headers: masked(plan.config) } : {}) };
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const whole = { kind, name, service, every, timeout, tolerates, enabled, ...given, config: { ...before, ...config } };
  const parsed = newCheckSchema.safeParse(whole);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join(".") || "body", message }));
  throw new AppError("validation", problems.map((one) => `${one.path}: ${one.message}`).join("; "), { problems });
}

/** The config as it is kept. A secret that is sent back masked stays, but is not told to another address. */
function sealed(wanted: NewCheck, before: CheckPlan | null): CheckPlan["config"] {
  if (wanted.kind !== "http") return wanted.config;
  const { headers, url } = wanted.config;
  const known = (before?.config.headers ?? {}) as Record<string, string>;
  const unknown = Object.keys(headers).find((name) => headers[name] === MASK && !(name in known));
  if (unknown !== undefined) throw invalid("config.headers", `${unknown} has no value that is known. Enter it`);
  const isKept = Object.entries(headers).some(([name, value]) => value === MASK && name in known);
  if (isKept && new URL(url).origin !== new URL(String(before!.config.url)).origin)
    throw invalid("config.headers", "are needed anew with another address: those kept are for the one before");
  return { ...wanted.config, headers: sealHeaders(headers, known) };
}

function masked(config: CheckPlan["config"]): Record<string, string> {
  return Object.fromEntries(Object.keys(config.headers as object).map((name) => [name, MASK]));
}

const tokens = new WeakMap<CheckPlan, string | null>();

/** Null: it is no heartbeat, or its secret cannot be opened. */
function tokenOf(plan: CheckPlan): string | null {
  if (plan.secret === null) return null;
  const known = tokens.get(plan);
  if (known !== undefined) return known;
  let token: string | null = null;
  try {
    token = unseal(plan.secret, PURPOSE);
  } catch (error) {
    logger("checks").warn({ check: plan.id }, messageOf(error));
  }
  tokens.set(plan, token);
  return token;
}
