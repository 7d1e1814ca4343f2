/** What nobody tells of by itself is looked at in turns, each as seldom as will do, and not at all where no rule is about it. */
import { bookAtHand } from "#lib/checks/book.ts";
import { certificates } from "#lib/checks/watch.ts";
import { type BusEvent, bus } from "#lib/events/bus.ts";
import type { Job } from "#lib/jobs/job.ts";
import { hostDisks } from "#lib/metrics/disks.ts";
import { readHost } from "#lib/metrics/host.ts";
import { monotonic, sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { backupSources } from "./backup-sources.ts";
import type { Engine } from "./engine.ts";
import { certificateEnd } from "./read-certificate.ts";
import { deleteIncidents, deleteMutes } from "./store.ts";
import { watchBackups } from "./watch-backups.ts";
import { type Place, placesOf, watchCertificates } from "./watch-certificates.ts";
import { watchDisks, watchFigures } from "./watch-host.ts";
import type { LineWatch } from "./watch-lines.ts";

/** milliseconds */
const PACE = 10_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KEPT = 400 * DAY;

interface Turn {
  every: number;
  /** by the clock that never goes back */
  due: number;
  hasLooked: boolean;
  look(): void | Promise<void>;
}

/** Until the signal aborts. Returns what has everything looked at anew: rules have changed. */
export function watchInTurns(engine: Engine, lines: LineWatch, signal: AbortSignal): () => void {
  const turns = turnsOf(engine, lines, signal);
  void go(turns, engine, signal);
  const stop = bus().subscribe(
    ({ name, data }: BusEvent) => {
      // a backup has come, or gone: soon, and once for all that end together
      if (name === "job" && (data as Job).finishedAt !== null) turns.backups.due = 0;
    },
    { looks: false },
  );
  signal.addEventListener("abort", stop, { once: true });
  return () => {
    const now = monotonic();
    // not before what they look at is there
    for (const turn of Object.values(turns)) if (turn.hasLooked) turn.due = now;
    lines.sync();
  };
}

async function go(turns: Record<string, Turn>, engine: Engine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(PACE, signal);
    for (const [name, turn] of Object.entries(turns)) {
      if (signal.aborted || monotonic() < turn.due) continue;
      turn.due = monotonic() + turn.every;
      turn.hasLooked = true;
      try {
        await turn.look();
      } catch (error) {
        logger("alerts").error({ err: error }, `${name} could not be looked at: ${messageOf(error)}`);
      }
    }
    if (!signal.aborted) engine.wake();
  }
}

function turnsOf({ desk }: Engine, lines: LineWatch, signal: AbortSignal) {
  const turn = (every: number, first: number, look: Turn["look"]): Turn => {
    return { every, due: monotonic() + first, hasLooked: false, look };
  };
  return {
    lines: turn(PACE, 0, () => lines.sync()),
    figures: turn(PACE, MINUTE, () => watchFigures(desk, () => snapshot().services(), readHost())),
    disks: turn(MINUTE, 20_000, async () => {
      if (desk.rules("disk").length > 0) watchDisks(desk, await hostDisks());
    }),
    // engines that come up with the machine have said by then what they have
    backups: turn(5 * MINUTE, 2 * MINUTE, async () => {
      const rules = desk.rules("backup");
      const isNamed = rules.some(({ services }) => services.length > 0);
      if (rules.length > 0) watchBackups(desk, await backupSources({ all: isNamed }));
    }),
    certificates: turn(10 * MINUTE, MINUTE, certificateLook(desk, signal)),
    old: turn(DAY, HOUR, async () => {
      await deleteIncidents(new Date(Date.now() - KEPT));
      await deleteMutes(new Date(Date.now() - KEPT));
    }),
  };
}

/** Checks have met theirs; what rules name is asked a few times a day. */
function certificateLook(desk: Engine["desk"], signal: AbortSignal): () => Promise<void> {
  const asked = new Map<string, { at: number; endsAt: number | null }>();
  return async () => {
    if (desk.rules("certificate").length === 0) return;
    const checked = checkedPlaces();
    const places = placesOf(desk, checked);
    const endsAt = new Map(certificates().map((one) => [one.host, one.endsAt]));
    for (const { place, isChecked } of places) {
      if (isChecked) continue;
      const known = asked.get(place);
      const isFresh = known !== undefined && monotonic() - known.at < (known.endsAt === null ? HOUR : 6 * HOUR);
      const end = isFresh ? known.endsAt : await certificateEnd(place, signal);
      if (!isFresh) asked.set(place, { at: monotonic(), endsAt: end });
      if (end !== null) endsAt.set(place, end);
    }
    watchCertificates(desk, places, endsAt);
  };
}

/** Also those of checks that have not run yet since the start. */
function checkedPlaces(): Place[] {
  return (bookAtHand()?.all() ?? []).flatMap(({ plan: { kind, config, enabled, service } }): Place[] => {
    if (kind !== "http" || !enabled || !String(config.url).startsWith("https:")) return [];
    return [{ place: new URL(String(config.url)).hostname, service, isChecked: true }];
  });
}
