/** What a line on the board begins with: the last hour as it was kept, also over a restart of the server. */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { figureHistory } from "./keep.ts";

const HOUR = 3600;
const MINUTE = 60;

/** CPU of a service in the last hour, one value a minute as far as there is one, oldest first; none where nothing can be read. */
export function lastHourOf(service: string): number[] {
  const now = Date.now() / 1000;
  try {
    const span = { from: Math.floor(now) - HOUR, to: Math.ceil(now), step: MINUTE, now };
    return figureHistory()
      .read(service, "cpu", span)
      .map(([, value]) => Math.round(value * 10_000) / 10_000);
  } catch (error) {
    // a line that begins now is better than no figures at all
    logger("metrics").warn({ err: error, service }, `what was kept cannot be read: ${messageOf(error)}`);
    return [];
  }
}
