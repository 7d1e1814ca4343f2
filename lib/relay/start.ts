/** Everything of the relay that runs for the life of the server. */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { announce } from "./announce.ts";
import { codes } from "./codes.ts";
import { earlierOf, keepEpisodes } from "./episodes.ts";
import { expireLinks, loadLinks } from "./links.ts";
import { loadPatterns } from "./patterns.ts";
import { deleteEpisodesBefore, interruptEpisodes, readAsking } from "./store.ts";
import { watchRelay } from "./watch.ts";

/** milliseconds */
const TICK = 400;
const KNOWN = 60 * 86_400_000;
const KEPT = 180 * 86_400_000;

/** Awaited before the first request; what it starts ends with the signal. */
export async function startRelay(signal: AbortSignal): Promise<void> {
  const now = new Date();
  codes().resume((await interruptEpisodes(now)).map(earlierOf));
  await deleteEpisodesBefore(new Date(now.getTime() - KEPT));
  await loadLinks(now);
  await loadPatterns();
  const known = new Set(await readAsking(new Date(now.getTime() - KNOWN)));
  const stops = [announce(codes()), keepEpisodes(codes())];
  const watch = watchRelay(known, signal);
  const tick = setInterval(() => {
    watch.tick();
    expireLinks().catch((error) => {
      logger("relay").error({ err: error }, `links past their time could not be ended: ${messageOf(error)}`);
    });
  }, TICK);
  signal.addEventListener("abort", () => {
    clearInterval(tick);
    for (const stop of stops) stop();
  });
}
