import { amount } from "./bytes.ts";

/** Two rates in bytes per second with one unit, that of the larger: `1.8` and `0.6 MB/s`. */
export function formatRates(first: number, second: number): { first: string; second: string } {
  const larger = Math.max(first, second, 0);
  const { unit } = amount(larger);
  const size = larger > 0 ? larger / Number.parseFloat(amount(larger).value) : 1;
  return { first: digits(first / size), second: `${digits(second / size)} ${unit}/s` };
}

function digits(value: number): string {
  if (value <= 0) return "0";
  return value >= 99.5 ? String(Math.round(value)) : String(Number(value.toFixed(1)));
}
