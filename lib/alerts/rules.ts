/** Rules as people make, see and change them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Access, reaches } from "#lib/auth/access.ts";
import { patternSchema } from "#lib/auth/role.ts";
import { compilePattern } from "#lib/logs/pattern.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { RuleRow } from "./rule-row.ts";
import { running } from "./running.ts";
import { type NewRule, RULE_CONFIGS, type Rule, SEVERITIES } from "./shapes.ts";
import { deleteRule, findRule, insertRule, readOpenOfRules, readRules, updateRule } from "./store.ts";
import { wordsOf } from "./words.ts";

/** What of a rule can be changed; what is left out stays, in `config` too. Its kind stays. */
export const ruleChangeSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  services: z.array(patternSchema).max(100).optional(),
  severity: z.enum(SEVERITIES).optional(),
  lasts: z.number().int().min(0).max(86_400).optional(),
  channels: z.array(z.string().max(100)).max(20).nullable().optional(),
  enabled: z.boolean().optional(),
});

type RuleChange = z.infer<typeof ruleChangeSchema>;

/** Those that concern services of this caller alone, and those that are about every service. */
export async function listRules(access: Access): Promise<Rule[]> {
  const open = (await readOpenOfRules()).filter(({ service }) => isTheirs(access, service));
  const rules = (await readRules()).filter(({ services }) => services.every((pattern) => reaches(access, pattern)));
  return rules.map((rule) => shown(rule, open.filter((one) => one.rule === rule.id).length));
}

/** Throws AppError `not_found`. */
export async function requireRule(id: string): Promise<RuleRow> {
  const rule = await findRule(id);
  if (!rule) throw new AppError("not_found", `There is no rule ${id}. GET /api/v1/alerts/rules lists them`);
  return rule;
}

/** Throws AppError `validation` for what no rule can go by. */
export async function createRule(wanted: NewRule, by: string): Promise<Rule> {
  const rule = { ...wanted, id: randomUUID(), builtIn: null, by, createdAt: new Date() } as RuleRow;
  check(rule);
  await insertRule(rule);
  await running().engine?.rulesChanged();
  return shown(rule, 0);
}

/** Throws as `createRule`. What it holds open and would not any more is ended. */
export async function changeRule(rule: RuleRow, { config, ...change }: RuleChange): Promise<Rule> {
  const parsed = RULE_CONFIGS[rule.kind].safeParse({ ...rule.config, ...config });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: ["config", ...path].join("."), message }));
    throw new AppError("validation", problems.map((one) => `${one.path}: ${one.message}`).join("; "), { problems });
  }
  const present = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after = { ...rule, ...present, config: parsed.data } as RuleRow;
  check(after);
  await updateRule(after);
  await running().engine?.rulesChanged();
  const open = (await readOpenOfRules()).filter((one) => one.rule === rule.id).length;
  return shown(after, open);
}

/** What it holds open is ended. Throws AppError `conflict` for a rule that is there from the start. */
export async function removeRule(rule: RuleRow): Promise<void> {
  if (rule.builtIn !== null)
    throw new AppError("conflict", `${rule.name} is there from the start: turn it off by \`enabled: false\` instead`);
  await deleteRule(rule.id);
  await running().engine?.rulesChanged();
}

/** What belongs to no service is for those who are limited to none. */
export function isTheirs(access: Access, service: string | null): boolean {
  return service === null ? access.services === null : reaches(access, service);
}

function shown(rule: RuleRow, open: number): Rule {
  const { builtIn, createdAt, ...rest } = rule;
  return { ...rest, builtIn: builtIn !== null, createdAt: timestamp(createdAt), words: wordsOf(rule), open };
}

function check(rule: RuleRow): void {
  if (rule.kind === "metric") {
    const { over, under, series } = rule.config;
    if (over === null && under === null) throw wrong("config.over", "is a bound: set `over`, `under` or both");
    if (over !== null && under !== null && under >= over) throw wrong("config.under", "is below `over`");
    if (series.startsWith("host") && rule.services.length > 0)
      throw wrong("services", "is empty for figures of the host: they belong to no service");
  }
  if (rule.kind === "log") {
    if (rule.services.length === 0)
      throw wrong("services", "names the services whose lines are read, as in local/docker/web or local/docker/wa-*");
    try {
      compilePattern(rule.config.pattern);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw wrong("config.pattern", error.message.replace(/^regex: /, ""));
    }
  }
}

function wrong(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}
