/** How a check stands, and what becomes of that: decided here from times that are handed in, and nowhere else. */
import { nextAfter } from "#lib/backups/plans/cron.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { CheckResult, CheckState } from "./shapes.ts";
import type { CheckPlan } from "./store.ts";

/** Times in milliseconds since the epoch. */
export interface Standing {
  state: CheckState;
  since: number | null;
  /** of a heartbeat: when a run was last told to have ended */
  checkedAt: number | null;
  /** milliseconds */
  latency: number | null;
  message: string | null;
  /** in a row */
  failures: number;
}

export interface Outcome {
  /** `idle`: there is nothing to judge; `gone`: what it looks at is not there */
  verdict: "up" | "down" | "idle" | "gone";
  latency: number | null;
  message: string | null;
}

export type Call = "success" | "start" | "fail";

/** A container that is made anew is gone for a moment. */
const GONE = 120_000;

/** As it stands with nothing known of it. */
export function unknownSince(at: number | null, message: string | null = null): Standing {
  return { state: "waiting", since: at, checkedAt: null, latency: null, message, failures: 0 };
}

export function isBad(state: CheckState): boolean {
  return state === "down" || state === "late";
}

/** How it stands after a run; `at`: when that began. */
export function afterRun(before: Standing, outcome: Outcome, { at, tolerates }: { at: number; tolerates: number }) {
  const { latency, message } = outcome;
  const verdict = outcome.verdict === "gone" ? judgeGone(before, at) : outcome.verdict;
  const seen = { checkedAt: at, latency, message };
  if (verdict === "idle") return moved(before, { ...seen, state: "waiting", failures: 0 }, at);
  if (verdict === "up") return moved(before, { ...seen, state: "up", failures: 0 }, at);
  const failures = before.failures + 1;
  return moved(before, { ...seen, state: failures > tolerates ? "down" : before.state, failures }, at);
}

function judgeGone({ state, since }: Standing, at: number): "idle" | "down" {
  if (state === "waiting") return since !== null && at - since >= GONE ? "down" : "idle";
  return state === "down" ? "down" : "idle";
}

/** How a heartbeat stands after somebody has called, and the row to keep of it. */
export function afterCall(
  before: Standing,
  call: Call,
  { at, message, tolerates }: { at: number; message: string | null; tolerates: number },
): { standing: Standing; result: Pick<CheckResult, "state" | "latency" | "message"> } {
  if (call === "start") {
    const standing = moved(before, { ...before, state: "running", message: before.message }, at);
    // a second beginning is a new run
    return { standing: { ...standing, since: at }, result: { state: "started", latency: null, message } };
  }
  const latency = before.state === "running" && before.since !== null ? Math.max(0, at - before.since) : null;
  const result = call === "success" ? "up" : "down";
  const words = message === null ? null : quoted(message);
  const said = call === "success" ? words : `The job says that it failed${words === null ? "" : `: ${words}`}`;
  const failures = call === "success" ? 0 : before.failures + 1;
  const borne = before.state === "running" ? "up" : before.state;
  const state = result === "down" && failures <= tolerates ? borne : result;
  const standing = moved(before, { state, checkedAt: at, latency, message: said, failures }, at);
  return { standing, result: { state: result, latency, message: said } };
}

/**
 * When a heartbeat is late, in milliseconds since the epoch; null: it is late or down already, or never comes. The grace is
 * also what a run may take: one that began is late when neither the call that was due nor its end has come by then.
 */
export function lateAt(plan: Pick<CheckPlan, "every" | "timeout" | "config" | "createdAt">, standing: Standing) {
  if (isBad(standing.state)) return null;
  const { state, since, checkedAt } = standing;
  const from = checkedAt ?? (state === "waiting" ? since : null) ?? plan.createdAt.getTime();
  const due = dueAfter(plan, from);
  if (due === null) return null;
  const grace = plan.timeout * 1000;
  return state === "running" && since !== null ? Math.max(due + grace, since + grace) : due + grace;
}

/** When the next call is due after one at this time. */
export function dueAfter({ every, config }: Pick<CheckPlan, "every" | "config">, from: number): number | null {
  const { cron, timezone } = config;
  if (typeof cron !== "string") return from + every * 1000;
  return nextAfter(cron, String(timezone ?? "UTC"), new Date(from))?.getTime() ?? null;
}

/** How a heartbeat stands that nobody has called in time. */
export function afterLate(before: Standing, { at, grace }: { at: number; grace: number }): Standing {
  const never = before.checkedAt === null && before.state !== "running";
  const message =
    before.state === "running"
      ? `The run that began at ${timestamp(before.since ?? at)} has not told its end`
      : never
        ? "It has never been called"
        : `It was last called at ${timestamp(before.checkedAt ?? at)}, and ${formatDuration(grace)} of grace are over`;
  return moved(before, { ...before, state: "late", message, failures: before.failures + 1 }, at);
}

/** Literal words of somebody else, as a sentence shows them. */
export function quoted(words: string): string {
  return `\`${words.replaceAll("`", "'")}\``;
}

function moved(before: Standing, after: Omit<Standing, "since">, at: number): Standing {
  const isSame = before.state === after.state && before.since !== null;
  return { ...after, since: isSame ? before.since : at };
}
