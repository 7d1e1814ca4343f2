/** How the reading of a view stands. */
import type { LogProgress } from "#lib/logs/line.ts";
import type { ApiProblem } from "@/components/shell/api-client.ts";

export interface LogStatus {
  /** `still`: all of a view that has an end is there; `ended`: the source closed it; `lost`: trying again */
  phase: "loading" | "live" | "still" | "ended" | "lost" | "refused";
  problem: ApiProblem | null;
  /** of `lost`, by the browser's clock; null: right now */
  nextTryAt: number | null;
  /** the view stays where it is while lines come */
  paused: boolean;
  /** time of the newest line when it was paused */
  pausedAt: string | null;
  /** lines that came since then */
  waiting: number;
  /** `stopped`: somebody asked for no more */
  older: "unknown" | "loading" | "none" | "stopped";
  /** the newest lines are not kept: they are read on the way down, or all at once when it goes live again */
  cut: boolean;
  newer: "unknown" | "loading";
  /** how far back a view of matches has been read; null: not being read, or not known */
  progress: LogProgress["progress"] | null;
}

export const START: LogStatus = {
  phase: "loading",
  problem: null,
  nextTryAt: null,
  paused: false,
  pausedAt: null,
  waiting: 0,
  older: "unknown",
  cut: false,
  newer: "unknown",
  progress: null,
};

const WAITS = [1000, 2000, 4000, 8000, 15_000];

/** Whether the next try may go better: a refusal will be the same, silence may not. */
export function isPassing(problem: ApiProblem): boolean {
  const isAway = problem.status >= 502 && problem.code !== "action_failed";
  return problem.status === 0 || problem.status === 429 || isAway;
}

/** Milliseconds until the next try, longer each time, and not the same for every page. */
export function waitBefore(tries: number): number {
  return WAITS[Math.min(tries, WAITS.length - 1)]! * (0.85 + Math.random() * 0.3);
}
