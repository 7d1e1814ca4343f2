import type { Keep } from "#lib/backups/shapes.ts";

/** `keep 14`, `keep 7 daily, 4 weekly`, `keep all`. */
export function keepWords({ last, ...others }: Keep): string {
  const parts = [last > 0 ? String(last) : null];
  for (const name of ["daily", "weekly", "monthly"] as const)
    if (others[name] > 0) parts.push(`${others[name]} ${name}`);
  return `keep ${parts.filter(Boolean).join(", ") || "all"}`;
}
