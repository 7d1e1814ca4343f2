/**
 * Watches over open streams: when their account is disabled, its rights change, or the session or token ends, by whichever
 * process, the stream ends within a second.
 */
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { identifyAgain } from "./caller.ts";
import { endStream, type OpenStream, openStreams } from "./open-streams.ts";
import { dataVersion } from "./store.ts";

interface Live {
  timer: NodeJS.Timeout | null;
  version: number;
}

const EVERY = 400;
const live = () => singleton<Live>("auth.live", () => ({ timer: null, version: -1 }));

/** Watches over a stream: `end` is called once its caller may no longer have it. Call what is returned when it is over. */
export function watchStream(stream: OpenStream): () => void {
  const open = openStreams();
  open.add(stream);
  live().timer ??= setInterval(() => void look(), EVERY).unref();
  // between the first look at the caller and this moment he may have lost it
  recheck(stream).catch((error) => logger("auth").error({ err: error }, "an open stream could not be checked"));
  return () => {
    open.delete(stream);
    if (open.size > 0 || !live().timer) return;
    clearInterval(live().timer!);
    live().timer = null;
  };
}

/** Looks at every open stream's caller now: after anything that can take rights away. */
export async function recheckCallers(): Promise<void> {
  await Promise.all([...openStreams()].map(recheck));
}

async function recheck(stream: OpenStream): Promise<void> {
  const now = await identifyAgain(stream.caller);
  if (now === null || now.access.key !== stream.caller.access.key) endStream(stream);
}

async function look(): Promise<void> {
  try {
    for (const stream of openStreams())
      if (stream.caller.expiresAt && stream.caller.expiresAt.getTime() <= Date.now()) endStream(stream);
    const version = await dataVersion();
    if (version === live().version) return;
    live().version = version;
    await recheckCallers();
  } catch (error) {
    logger("auth").error({ err: error }, "open streams could not be checked");
  }
}
