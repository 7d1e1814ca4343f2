/** A rule as the engine goes by it. */
import type { z } from "zod";
import { isOf } from "./mute-times.ts";
import type { RULE_CONFIGS, RuleKind, Severity } from "./shapes.ts";

interface Common {
  id: string;
  /** name of one that is there from the start */
  builtIn: string | null;
  name: string;
  services: string[];
  severity: Severity;
  /** seconds */
  lasts: number;
  channels: string[] | null;
  enabled: boolean;
  by: string;
  createdAt: Date;
}

export type RuleOf<K extends RuleKind> = Common & { kind: K; config: z.output<(typeof RULE_CONFIGS)[K]> };
export type RuleRow = { [K in RuleKind]: RuleOf<K> }[RuleKind];

/** The ones of a kind that are on. */
export function rulesOf<K extends RuleKind>(rules: readonly RuleRow[], kind: K): Extract<RuleRow, { kind: K }>[] {
  return rules.filter((rule): rule is Extract<RuleRow, { kind: K }> => rule.kind === kind && rule.enabled);
}

/** Is this service any of the rule's business? */
export function concerns({ services }: Pick<RuleRow, "services">, service: string | null): boolean {
  return isOf(services, service);
}
