/** What happened in half a sentence that goes on after the service's name, and how grave it is. Facts, never a cause. */
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { ActivityItem } from "./activity.ts";
import type { Happening, HappeningKind } from "./happening.ts";

const PLAIN: Partial<Record<HappeningKind, string>> = {
  started: "started",
  stopped: "was stopped",
  paused: "was paused",
  unpaused: "goes on",
  healthy: "is healthy",
  recreated: "was made anew",
  rebooted: "was restarted",
};

/** `ended with exit 1`, `was killed at its 512 MB memory limit` */
export function happeningWords(event: Happening): string {
  const { kind, count, reason, detail } = event;
  if (kind === "exited") return endWords(event) ?? "failed";
  if (kind === "restarted") {
    const end = endWords(event);
    return `restarted${count > 1 ? ` ${plural(count, "time")}` : ""}${end ? `: it ${end}` : ""}`;
  }
  if (kind === "unhealthy") return `is unhealthy${reason ? `: ${withoutStop(reason)}` : ""}`;
  if (kind === "unstarted") return reason ? withoutStop(reason).replace(/^It /, "") : "was not started";
  if (kind === "changed")
    return detail?.from === undefined ? "changed" : `changed from \`${detail.from}\` to \`${detail.to ?? ""}\``;
  return PLAIN[kind] ?? kind;
}

/** How it ended, after its name; null: that is not known, or it was no failure. */
export function endWords({ oomKilled, signal, code, detail }: Happening): string | null {
  if (oomKilled)
    return detail?.memoryLimit
      ? `was killed at its ${formatBytes(detail.memoryLimit)} memory limit`
      : "was killed for want of memory";
  if (signal !== null) return `was ended by ${signal}`;
  return code === null ? null : `ended with exit ${code}`;
}

export function severityOf(event: Happening): ActivityItem["severity"] {
  if (event.kind === "exited") return "critical";
  if (event.kind === "restarted") return isBadEnd(event) ? "warning" : "info";
  return event.kind === "unhealthy" || event.kind === "unstarted" || event.kind === "rebooted" ? "warning" : "info";
}

/** True for an end that is no success. */
export function isBadEnd({ oomKilled, signal, code }: Pick<Happening, "oomKilled" | "signal" | "code">): boolean {
  return oomKilled || signal !== null || (code !== null && code !== 0);
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
