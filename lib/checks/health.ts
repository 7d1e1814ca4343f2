/** What the checks of a service say of its health. */
import { visible } from "#lib/format/visible.ts";
import { bookAtHand, type Live } from "./book.ts";
import { isBad, quoted } from "./standing.ts";

export interface CheckedHealth {
  health: "healthy" | "unhealthy" | "starting";
  /** one sentence, literal words between backquotes */
  reason: string | null;
}

/**
 * Null: it has no check that says anything. `since`: when the service entered its state, in milliseconds since the epoch;
 * what was found out before then is about another run of it.
 */
export function checkHealth(service: string, since: number | null = null): CheckedHealth | null {
  const checks = [...(bookAtHand()?.of(service) ?? [])].filter(({ plan, standing }) => {
    // a job that has not called yet says nothing of whether the service is well
    return plan.enabled && !(plan.kind === "heartbeat" && standing.state === "waiting");
  });
  if (checks.length === 0) return null;
  const known = checks.filter((live) => !isStarting(live, since));
  const bad = known.filter(({ standing }) => isBad(standing.state));
  if (bad.length > 0) return { health: "unhealthy", reason: reasonOf(bad) };
  return { health: known.length < checks.length ? "starting" : "healthy", reason: null };
}

function isStarting({ plan, standing }: Live, since: number | null): boolean {
  if (plan.kind === "heartbeat") return false;
  if (standing.state === "waiting") return true;
  return since !== null && (standing.checkedAt ?? 0) < since;
}

function reasonOf([first, ...others]: readonly Live[]): string {
  const { name } = first!.plan;
  const said = (first!.standing.message ?? first!.standing.state).replace(/\.$/, "");
  const more =
    others.length === 0 ? "" : `. ${others.length} more ${others.length === 1 ? "check fails" : "checks fail"}`;
  return `Check ${quoted(visible(name))}: ${said}${more}`;
}
