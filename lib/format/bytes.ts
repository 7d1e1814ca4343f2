const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

export interface Amount {
  value: string;
  unit: string;
}

/** Bytes in the largest unit that leaves a number of at least one, three digits of meaning at most: `1.31 GB`. */
export function amount(bytes: number): Amount {
  let value = Math.max(0, bytes);
  let step = 0;
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  return { value: digits(value, step), unit: UNITS[step]! };
}

/** As `amount`, in one string. */
export function formatBytes(bytes: number): string {
  const { value, unit } = amount(bytes);
  return `${value} ${unit}`;
}

/** `1.31 / 2 GB`: the unit once when both share it, `762 MB / 1.6 GB` otherwise. */
export function ofLimit(used: Amount, limit: Amount): { used: string; limit: string } {
  return used.unit === limit.unit
    ? { used: used.value, limit: `${limit.value} ${limit.unit}` }
    : { used: `${used.value} ${used.unit}`, limit: `${limit.value} ${limit.unit}` };
}

function digits(value: number, step: number): string {
  if (step === 0 || value >= 100) return String(Math.round(value));
  const text = value >= 10 ? value.toFixed(step >= 3 ? 1 : 0) : value.toFixed(step >= 3 ? 2 : 1);
  return String(Number(text));
}
