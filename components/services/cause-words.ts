import { formatDuration } from "#lib/format/duration.ts";
import type { Cause } from "#lib/services/causes/shapes.ts";

/** `Exit 1`, `SIGSEGV`, `Out of memory at 512 MB` */
export function endedWords({ ended }: Pick<Cause, "ended">): string {
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

/** `, 1.2 s after its start`; nothing where that is not known. */
export function ranWords({ ran }: Pick<Cause, "ran">): string {
  if (ran === null) return "";
  return `, ${ran < 10 ? `${Number(ran.toFixed(1))} s` : formatDuration(ran)} after its start`;
}
