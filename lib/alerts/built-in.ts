/** Rules that are there from the start. They can be changed and turned off, and come back by themselves when they are gone. */

import type { RuleRow } from "./rule-row.ts";
import { RULE_CONFIGS, type RuleKind, type Severity } from "./shapes.ts";

const RULES: [
  builtIn: string,
  kind: RuleKind,
  severity: Severity,
  name: string,
  more: { config?: object; lasts?: number },
][] = [
  ["failed", "state", "critical", "Failed services", { config: { states: ["failed"] } }],
  ["loop", "loop", "critical", "Restart loops", {}],
  ["unreachable", "state", "critical", "Supervisors out of reach", { config: { states: ["unknown"] }, lasts: 30 }],
  ["unhealthy", "health", "warning", "Unhealthy services", { lasts: 10 }],
  ["check", "check", "critical", "Checks and heartbeats", {}],
  // a plan's own times say when one is missing: a day keeps a plan that runs each hour from telling of one run
  ["backup", "backup", "warning", "Overdue backups", { config: { days: 1 } }],
  ["disk", "disk", "warning", "Full disks", {}],
  ["certificate", "certificate", "warning", "Ending certificates", {}],
  ["code", "code", "warning", "Waiting login codes", { lasts: 300 }],
];

/** As they are at first. */
export function builtInRules(createdAt: Date): RuleRow[] {
  return RULES.map(([builtIn, kind, severity, name, { config = {}, lasts = 0 }]) => ({
    ...{ id: builtIn, builtIn, name, kind, severity, lasts, createdAt },
    config: RULE_CONFIGS[kind].parse(config),
    ...{ services: [], channels: null, enabled: true, by: "trihelm" },
  })) as RuleRow[];
}
