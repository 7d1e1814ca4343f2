/** What becomes of a service while its log is followed: asked for when its supervisor's watch says that something did. */
import { bus } from "#lib/events/bus.ts";
import { sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import type { TimedMark } from "#lib/supervisors/supervisor.ts";
import { isMarkSource } from "#lib/supervisors/supervisor.ts";
import type { LogSource } from "./history.ts";
import { marksOf } from "./markers.ts";

/** milliseconds: the last lines of what ended are read by then, and events of one restart have come */
const SETTLED = 250;

/** Until the signal aborts; nothing for a log that says it itself. */
export async function* comingMarks(source: LogSource, signal: AbortSignal): AsyncGenerator<TimedMark> {
  if (!isMarkSource(source.supervisor)) return;
  let known = await read(source, signal);
  let isDue = false;
  let wake: (() => void) | null = null;
  const ring = () => {
    isDue = true;
    wake?.();
  };
  const leave = bus().subscribe(
    ({ name, data }) => {
      if (name === "service" && (data as { id?: string }).id === source.service) ring();
    },
    { looks: false },
  );
  signal.addEventListener("abort", ring, { once: true });
  try {
    while (!signal.aborted) {
      if (!isDue)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      isDue = false;
      await sleep(SETTLED, signal);
      const marks = await read(source, signal);
      const seen = new Set(known.map(keyOf));
      const news = marks.filter((mark) => !seen.has(keyOf(mark)));
      if (marks.length > 0) known = marks;
      yield* signal.aborted ? [] : news;
    }
  } finally {
    leave();
  }
}

/** Nothing where it cannot be asked now: the next change asks again. */
async function read(source: LogSource, signal: AbortSignal): Promise<TimedMark[]> {
  try {
    return await marksOf(source, signal);
  } catch (error) {
    if (!isAbort(error)) logger("logs").debug({ service: source.service }, `no marks: ${messageOf(error)}`);
    return [];
  }
}

function keyOf({ time, kind }: TimedMark): string {
  return `${kind} ${time}`;
}
