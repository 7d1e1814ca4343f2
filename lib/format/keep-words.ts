/** How much a plan keeps: `keep 14`, `keep 7 daily, 4 weekly`, `keep all`. */
export function keepWords(keep: { last: number; daily: number; weekly: number; monthly: number }): string {
  const parts = (["daily", "weekly", "monthly"] as const).filter((name) => keep[name] > 0);
  const told = parts.map((name) => `${keep[name]} ${name}`);
  return `keep ${[...(keep.last > 0 ? [keep.last] : []), ...told].join(", ") || "all"}`;
}
