/** When a mute or a maintenance window holds, and for what. Pure. */
import { reaches } from "#lib/auth/access.ts";
import { nextAfter } from "#lib/backups/plans/cron.ts";
import type { Mute } from "./shapes.ts";

type Times = Pick<Mute, "from" | "until" | "cron" | "timezone" | "lasts">;

/** `now`: milliseconds since the epoch, by the clock of the wall, which is what people have set it by. */
export function isActive({ from, until, cron, timezone, lasts }: Times, now: number): boolean {
  if (now < Date.parse(from) || (until !== null && now >= Date.parse(until))) return false;
  if (cron === null) return lasts === null || now < Date.parse(from) + lasts * 1000;
  // did it begin within the last `lasts` seconds?
  const begun = nextAfter(cron, timezone ?? "UTC", new Date(now - (lasts ?? 0) * 1000));
  return begun !== null && begun.getTime() <= now;
}

/** `service: null`: of the host, and so only within what silences everything. */
export function covers(
  { services, rule }: Pick<Mute, "services" | "rule">,
  what: { service: string | null; rules: readonly string[] },
): boolean {
  return (rule === null || what.rules.every((one) => one === rule)) && isOf(services, what.service);
}

/** Is this service within these patterns? Without any, everything is. */
export function isOf(patterns: readonly string[], service: string | null): boolean {
  return patterns.length === 0 || (service !== null && reaches({ services: [patterns] }, service));
}
