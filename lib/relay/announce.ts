/** Tells the board, the live streams, the guests and the links what happens to codes. */
import { type Bus, bus } from "#lib/events/bus.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { type Snapshot, snapshot } from "#lib/services/snapshot.ts";
import { type Codes, codeOf, type Held } from "./codes.ts";
import { endLinksOf } from "./links.ts";
import { LIVES } from "./lives.ts";
import { tellRelayNews } from "./news.ts";
import type { CodeEvent } from "./shapes.ts";

/** milliseconds between two events of one service, where a log is torn with codes */
const PACE = 250;

/** Call what is returned to stop. */
export function announce(
  codes: Codes,
  { board = snapshot(), events = bus() }: { board?: Snapshot; events?: Bus } = {},
) {
  const last = new Map<string, number>();
  const due = new Map<string, NodeJS.Timeout>();
  const tell = (service: string, event: CodeEvent) => {
    const timer = due.get(service);
    if (timer) clearTimeout(timer);
    due.delete(service);
    last.set(service, performance.now());
    events.publish("code", event);
    tellRelayNews(service);
  };
  const soon = (service: string) => {
    if (due.has(service)) return;
    const wait = PACE - (performance.now() - (last.get(service) ?? Number.NEGATIVE_INFINITY));
    const now = () => {
      const held = codes.of(service);
      if (held) tell(service, eventOf(held));
    };
    if (wait <= 0) now();
    else due.set(service, setTimeout(now, wait));
  };
  const unlisten = codes.listen((held, what, outcome) => {
    const { service } = held;
    board.setCode(service, shownOf(held));
    if (what === "removed") {
      tell(service, { ...eventOf(held), state: "gone" });
      last.delete(service);
    } else soon(service);
    if (outcome === "linked")
      endLinksOf(service).catch((error) => {
        logger("relay").error({ err: error }, `links go on although their service is linked: ${messageOf(error)}`);
      });
  });
  return () => {
    unlisten();
    for (const timer of due.values()) clearTimeout(timer);
  };
}

function eventOf(held: Held): CodeEvent {
  const { payload: _, ...event } = codeOf(held, false);
  return event;
}

/** What the board says of it; null when nobody is asked any more. */
function shownOf({ kind, firstSeenAt, endedAt, every }: Held) {
  if (endedAt !== null) return null;
  const known = every ?? (LIVES[kind].rotates ? LIVES[kind].next : null);
  return { kind, since: timestamp(firstSeenAt), every: known === null ? null : Math.round(known / 1000) };
}
