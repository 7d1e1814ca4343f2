import { nextAfter } from "#lib/backups/plans/cron.ts";
import type { ChannelRow } from "./store.ts";

type Quiet = NonNullable<ChannelRow["quiet"]>;

const MINUTES = 24 * 60;

/** The end of the quiet hours that this moment is in; null: it is in none. */
export function quietUntil({ from, to, timezone }: Quiet, at: Date): Date | null {
  const [begin, end, now] = [minutesOf(from), minutesOf(to), minutesOf(clock(at, timezone))];
  if ((now - begin + MINUTES) % MINUTES >= (end - begin + MINUTES) % MINUTES) return null;
  const [hour = "0", minute = "0"] = to.split(":");
  return nextAfter(`${Number(minute)} ${Number(hour)} * * *`, timezone, at);
}

/** `22:05`, as a clock there shows it. */
function clock(at: Date, timezone: string): string {
  return at.toLocaleTimeString("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function minutesOf(clockTime: string): number {
  const [hour = 0, minute = 0] = clockTime.split(":").map(Number);
  return hour * 60 + minute;
}
