/** Alerts in the words and shapes of a row. */
import type { Alert, RuleKind, Severity } from "#lib/alerts/shapes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import type { Mark } from "@/components/ui/state-mark.tsx";

const MARK: Record<RuleKind, Mark> = {
  state: "failed",
  loop: "restarting",
  health: "unhealthy",
  metric: "unhealthy",
  log: "unhealthy",
  backup: "overdue",
  disk: "unhealthy",
  certificate: "overdue",
  code: "human",
  check: "unhealthy",
};

/** what its count counts */
const COUNTED: Record<RuleKind, readonly [one: string, many?: string]> = {
  state: ["time"],
  loop: ["restart"],
  health: ["time"],
  metric: ["time"],
  log: ["line"],
  backup: ["time"],
  disk: ["time"],
  certificate: ["time"],
  code: ["code"],
  check: ["failure"],
};

export const SEVERITY_WORD: Record<Severity, string> = {
  critical: "Critical",
  warning: "Warning",
  info: "For information",
};

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export function alertMark({ kind, state }: Pick<Alert, "kind" | "state">): Mark {
  return state === "ended" ? "running" : MARK[kind];
}

/** `17 restarts`; nothing for what has been once. */
export function countWords({ kind, count }: Pick<Alert, "kind" | "count">): string | null {
  return count > 1 ? plural(count, ...COUNTED[kind]) : null;
}

/** Its title in two: the name, as the service's own tool says it where the service is here, and what is with it. */
export function titleParts(
  { title, subject }: Pick<Alert, "title" | "subject">,
  name: string | null,
): { name: string | null; rest: string } {
  if (subject === "" || !title.startsWith(subject)) return { name: null, rest: title };
  return { name: name ?? subject, rest: title.slice(subject.length).trim() };
}

/** Open ones first, then those that somebody has taken on, then what has ended; the graver first, then the newer. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    stage(a) - stage(b) ||
    (stage(a) === 2
      ? (b.endedAt ?? "").localeCompare(a.endedAt ?? "")
      : RANK[a.severity] - RANK[b.severity] || b.openedAt.localeCompare(a.openedAt))
  );
}

function stage({ state }: Alert): number {
  return state === "open" ? 0 : state === "acknowledged" ? 1 : 2;
}

/** How long it was, or has been until now. `now` in milliseconds. */
export function lasted({ openedAt, endedAt }: Pick<Alert, "openedAt" | "endedAt">, now: number): string {
  return formatDuration(((endedAt === null ? now : Date.parse(endedAt)) - Date.parse(openedAt)) / 1000);
}

/** Those that stand by themselves, each with its parts. A part whose whole is not here stands by itself. */
export function groupParts(alerts: readonly Alert[]): { alert: Alert; parts: Alert[] }[] {
  const ids = new Set(alerts.map(({ id }) => id));
  const isPart = ({ parent }: Alert) => parent !== null && ids.has(parent);
  const parts = Map.groupBy(alerts.filter(isPart), ({ parent }) => parent);
  return alerts.filter((alert) => !isPart(alert)).map((alert) => ({ alert, parts: parts.get(alert.id) ?? [] }));
}

/** Every word of `q` is in it somewhere. */
export function fits(alert: Alert, q: string): boolean {
  const text = [alert.title, alert.why, alert.subject, alert.service, alert.acknowledgedBy, alert.kind]
    .join("\n")
    .toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
