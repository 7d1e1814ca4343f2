/** A fraction as a percentage without its sign, three digits of meaning at most: `0.0`, `6.2`, `31.4`, `128`. */
export function formatCpu(fraction: number): string {
  const percent = Math.max(0, fraction) * 100;
  return percent < 99.95 ? percent.toFixed(1) : String(Math.round(percent));
}

/** A fraction as a whole percentage without its sign: `59`. */
export function formatPercent(fraction: number): string {
  return String(Math.round(Math.max(0, fraction) * 100));
}

/** The part of `total` that is `used`, 0 to 1; 0 where there is no total. */
export function share(used: number, total: number): number {
  return total > 0 ? Math.min(1, Math.max(0, used / total)) : 0;
}
