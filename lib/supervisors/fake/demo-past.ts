/** The past of the demo server: everything is told relative to now. */
import type { FakeSupervisor } from "./adapter.ts";

/** Time before now, as RFC 3339. */
export function ago(time: { days?: number; hours?: number; minutes?: number; seconds?: number }): string {
  const seconds = (time.days ?? 0) * 86_400 + (time.hours ?? 0) * 3600 + (time.minutes ?? 0) * 60 + (time.seconds ?? 0);
  return new Date(Date.now() - seconds * 1000).toISOString();
}

/** Prints the given lines as if they had come at even steps up to now, or up to `end` (RFC 3339). */
export function pastLines(
  fake: FakeSupervisor,
  name: string,
  { step, lines, end }: { step: number; lines: readonly string[]; end?: string },
): void {
  const start = (end === undefined ? Date.now() : Date.parse(end)) - step * 1000 * lines.length;
  lines.forEach((text, at) => {
    const stream = /\b(error|fatal)\b/i.test(text) ? "stderr" : "stdout";
    fake.print(name, text, { stream, at: start + step * 1000 * at });
  });
}
