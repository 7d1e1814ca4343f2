/**
 * Streams that are open, each with who it is for: when that account is disabled, its rights change, or the session or
 * token ends, by whichever process, the stream ends within a second.
 */
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type Caller, identifyAgain } from "./caller.ts";
import { dataVersion } from "./store.ts";

interface Open {
  caller: Caller;
  hash: string;
  end: () => void;
}

interface Live {
  open: Set<Open>;
  timer: NodeJS.Timeout | null;
  version: number;
}

const EVERY = 400;
const live = () => singleton<Live>("auth.live", () => ({ open: new Set(), timer: null, version: -1 }));

/** Watches over a stream: `end` is called once its caller may no longer have it. Call what is returned when it is over. */
export function watchStream(stream: Open): () => void {
  const { open } = live();
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
  await Promise.all([...live().open].map(recheck));
}

/** Ends every stream of a person: after a change of what they may do, or of their password. They come back with a new one. */
export function endStreamsOf(userId: string): void {
  for (const stream of live().open) if (stream.caller.person.id === userId) finish(stream);
}

async function recheck(stream: Open): Promise<void> {
  const now = await identifyAgain(stream.caller, stream.hash);
  if (now === null || now.access.key !== stream.caller.access.key) finish(stream);
}

function finish(stream: Open): void {
  if (live().open.delete(stream)) stream.end();
}

async function look(): Promise<void> {
  try {
    for (const stream of live().open)
      if (stream.caller.expiresAt && stream.caller.expiresAt.getTime() <= Date.now()) finish(stream);
    const version = await dataVersion();
    if (version === live().version) return;
    live().version = version;
    await recheckCallers();
  } catch (error) {
    logger("auth").error({ err: error }, "open streams could not be checked");
  }
}
