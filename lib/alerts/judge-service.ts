/** What rules say of one service as it is now: wrong, well, or nothing while nobody knows. Pure. */
import type { Service } from "#lib/services/service.ts";
import type { RuleRow } from "./rule-row.ts";

export interface Wrong {
  title: string;
  why: string;
  /** RFC 3339: since when, where that is known */
  since: string | null;
}

/** `wrong: null`: it is well, and `ending` says so. */
export type Verdict = { wrong: Wrong } | { wrong: null; ending: string; isAtOnce: boolean };

/** What somebody has asked for here is no news to them. */
export interface Asked {
  /** it ended because somebody here wanted that */
  isStopped: boolean;
}

/** null: nobody knows, or it is about to change by somebody's hand. */
export function judgeService(rule: RuleRow, service: Service, { isStopped }: Asked): Verdict | null {
  if (service.stale || service.pending) return null;
  const { state, health, code, title } = service;
  if (rule.kind === "state") {
    const isUnlisted = state === "stopped" && !service.listed && !service.pinned;
    const isAsked = isStopped && state === "failed";
    if (!rule.config.states.some((one) => one === state) || isUnlisted || isAsked) return wellNow(service);
    // its words stand in the same order as on the board: who, then what
    return {
      wrong: {
        title: `${title} ${STATES[state] ?? "is in an unknown state"}`,
        why: whyOf(service),
        since: service.since,
      },
    };
  }
  if (rule.kind === "health") {
    if (health !== "unhealthy" || state !== "running")
      return { wrong: null, ending: state === "running" ? "It is healthy again" : endingOf(service), isAtOnce: false };
    return { wrong: { title: `${title} is unhealthy`, why: whyOf(service), since: null } };
  }
  if (rule.kind === "code") {
    if (!code)
      return { wrong: null, ending: "The code is gone: it was scanned, or the service ended", isAtOnce: false };
    const why = "It shows a login code in its log, and nobody has scanned it yet.";
    return { wrong: { title: `${title} waits for login`, why, since: code.since } };
  }
  return null;
}

/** `unknown` is a state of its own where a supervisor says something that nobody here understands. */
const STATES: Partial<Record<Service["state"], string>> = {
  failed: "failed",
  stopped: "has stopped",
  restarting: "waits to restart",
  paused: "is paused",
};

/** The supervisor's words, as a sentence. */
export function whyOf({ reason, nativeState }: Pick<Service, "reason" | "nativeState">): string {
  return `${(reason ?? `\`${nativeState}\``).replace(/\.$/, "")}.`;
}

/** What is on its way is neither well nor wrong. */
function wellNow(service: Service): Verdict | null {
  if (service.state === "starting" || service.state === "stopping" || service.state === "restarting") return null;
  const isStopped = service.state === "stopped";
  return { wrong: null, ending: endingOf(service), isAtOnce: isStopped };
}

/** How it is now, as the end of what was wrong. */
export function endingOf({ state }: Pick<Service, "state">): string {
  if (state === "running") return "It runs again";
  if (state === "stopped") return "It was stopped";
  if (state === "paused") return "It was paused";
  return "It was started again";
}
