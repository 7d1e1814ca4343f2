/** How a service ended, in a few words and as a question: does it want an explanation? */
import { formatBytes } from "#lib/format/bytes.ts";
import type { Happening } from "../events/happening.ts";
import { isBadEnd } from "../events/happening-words.ts";

/** True for an end that nobody asked for and that is no success, and for what makes it useless. */
export function isFailure(happened: Happening): boolean {
  const { kind, by, detail } = happened;
  if (kind === "unhealthy" || kind === "unstarted" || kind === "exited") return true;
  return (
    kind === "restarted" && by === null && detail?.asked !== "elsewhere" && (isBadEnd(happened) || isUnseen(happened))
  );
}

/** Its supervisor has restarted it by itself, and nobody saw how it had ended: its log may tell. */
export function isUnseen({ kind, code, signal, oomKilled, detail }: Happening): boolean {
  return kind === "restarted" && detail?.asked === "policy" && code === null && signal === null && !oomKilled;
}

/** `exit 1`, `SIGSEGV`, `out of memory at 512 MB` */
export function endedOf({ kind, oomKilled, signal, code, detail }: Happening): string {
  if (kind === "unhealthy") return "unhealthy";
  if (kind === "unstarted") return "not started";
  if (oomKilled) return detail?.memoryLimit ? `out of memory at ${formatBytes(detail.memoryLimit)}` : "out of memory";
  if (signal !== null) return signal;
  return code === null ? "failed" : `exit ${code}`;
}
