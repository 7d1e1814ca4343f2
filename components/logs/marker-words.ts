/** What became of a service, in the words of a full-width row. */
import type { LogMarker } from "#lib/logs/line.ts";

export const MARKER_WORD: Record<LogMarker["kind"], string> = {
  started: "started",
  exited: "exited",
  failed: "failed",
  restarted: "restarted",
  recreated: "recreated",
};

/** What a row says after its word, in the text's own words; without the word where the text begins with it. */
export function markerDetail({ kind, code, signal }: LogMarker, text: string): string {
  const rest = text.replace(new RegExp(`^${kind}(?:[\\s,.:;]+|$)`, "i"), "");
  const how = signal ?? (code === null ? null : `code ${code}`);
  if (how === null || rest.includes(how) || (code !== null && new RegExp(`\\b${code}\\b`).test(rest))) return rest;
  return rest === "" ? how : `${how}, ${rest}`;
}

/** Markers that say that something came to its end or began anew: what `[` and `]` go to. */
export function isJump({ kind }: Pick<LogMarker, "kind">): boolean {
  return kind === "restarted" || kind === "failed" || kind === "recreated" || kind === "exited";
}
