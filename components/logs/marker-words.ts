/** What became of a service, in the words of a full-width row. */
import type { LogMarker } from "#lib/logs/line.ts";

export const MARKER_WORD: Record<LogMarker["kind"], string> = {
  started: "started",
  exited: "exited",
  failed: "failed",
  restarted: "restarted",
  recreated: "recreated",
};

/** `exit 137`, `SIGKILL`: what the marker knows beyond its text; null where the text says it, or there is nothing. */
export function exitWords({ code, signal }: LogMarker, text: string): string | null {
  if (signal !== null) return text.includes(signal) ? null : signal;
  if (code === null || new RegExp(`(?:code|exit|with|status)\\D{0,10}\\b${code}\\b`, "i").test(text)) return null;
  return `exit ${code}`;
}

/** Markers that say that something came to its end or began anew: what `[` and `]` go to. */
export function isJump({ kind }: Pick<LogMarker, "kind">): boolean {
  return kind === "restarted" || kind === "failed" || kind === "recreated" || kind === "exited";
}
