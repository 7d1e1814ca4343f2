export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** at most this; null: told only */
  bound: number | null;
  /** the reference of the same run, or how it was measured */
  against: string;
}

/** Prints a table; returns how many figures are over their bound. */
export function print(figures: Figure[]): number {
  const rows = figures.map((f) => [
    f.what,
    `${round(f.value)} ${f.unit}`,
    f.bound === null ? "" : `${f.bound} ${f.unit}`,
    f.bound === null ? "" : f.value <= f.bound ? "ok" : "MISSED",
    f.against,
  ]);
  const head = ["figure", "measured", "at most", "", "against"];
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i]!.length)));
  for (const row of [head, ...rows])
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    );
  return rows.filter((row) => row[3] === "MISSED").length;
}

/** The middle value of several. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
