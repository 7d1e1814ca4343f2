/** Earlier times that services asked: when, how often and how it ended. The codes themselves are never written. */
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Codes, Earlier, Held, Outcome } from "./codes.ts";
import type { Kind } from "./kind.ts";
import type { Episode } from "./shapes.ts";
import { type EpisodeRow, keepNewestEpisodes, readEndedLinks, readEpisodeRows, writeEpisode } from "./store.ts";

const LISTED = 200;
const LINKS = 200;
/** milliseconds between two writes of one that goes on, and between the beginnings of two of one service */
const SELDOM = 15_000;
const APART = 3000;
/** kept at most, looked at every so many writes */
const MOST = 2000;
const OFTEN = 100;
/** milliseconds between a link's end and that of the episode that ended it */
const TOGETHER = 5000;

/** what the database does not keep: how long it took whoever saw the code here; for as long as this run */
const took = () => singleton("relay.took", () => new Map<string, number>());

/** Writes down what happens to these codes; call what is returned to stop. */
export function keepEpisodes(codes: Codes): () => void {
  const writer = new Writer();
  return codes.listen((held, what, outcome) => {
    if (what === "seen") writer.goesOn(held);
    if (what === "ended") writer.ended(held, outcome);
  });
}

class Writer {
  /** by episode, when it was written last; by service, when its last one began */
  readonly #written = new Map<string, number>();
  readonly #began = new Map<string, number>();
  #count = 0;
  /** one after the other: the last state is the last that is written */
  #turn = Promise.resolve();

  goesOn(held: Held): void {
    const now = Date.now();
    const last = this.#written.get(held.episode);
    if (last !== undefined && now - last < SELDOM) return;
    if (last === undefined) {
      // a service that asks and is linked over and over is told once in a while
      if (now - (this.#began.get(held.service) ?? 0) < APART) return;
      this.#began.set(held.service, now);
    }
    this.#written.set(held.episode, now);
    this.#write(rowOf(held, null));
  }

  ended(held: Held, outcome: Outcome | null): void {
    if (!this.#written.delete(held.episode)) return;
    if (outcome === "linked" && held.shownAt !== null && held.endedAt !== null)
      remember(held.episode, Math.round((held.endedAt - held.shownAt) / 1000));
    this.#write(rowOf(held, outcome));
  }

  #write(row: EpisodeRow): void {
    this.#count += 1;
    const isFull = this.#count % OFTEN === 0;
    this.#turn = this.#turn
      .then(() => writeEpisode(row))
      .then(() => (isFull ? keepNewestEpisodes(MOST) : undefined))
      .catch((error) => {
        logger("relay").error({ err: error }, `an episode was not kept: ${messageOf(error)}`);
      });
  }
}

/** Newest first; `see` says whose the caller may know of. */
export async function readEpisodes(see: (service: string) => boolean): Promise<Episode[]> {
  const rows = (await readEpisodeRows(MOST)).filter(({ service }) => see(service)).slice(0, LISTED);
  const links = (await readEndedLinks(LINKS)).filter(({ endedAs }) => endedAs === "linked");
  return rows.map((row) => {
    const link = links.find(
      ({ service, endedAt }) =>
        service === row.service && row.endedAt && endedAt && Math.abs(+endedAt - +row.endedAt) < TOGETHER,
    );
    const seconds = link?.openedAt && row.endedAt ? Math.round((+row.endedAt - +link.openedAt) / 1000) : null;
    return {
      ...{ service: row.service, kind: row.kind as Kind, codes: row.codes },
      ...{ firstSeenAt: timestamp(row.firstSeen), endedAt: row.endedAt ? timestamp(row.endedAt) : null },
      outcome: row.outcome as Episode["outcome"],
      tookSeconds: row.outcome === "linked" ? (seconds ?? took().get(row.id) ?? null) : null,
      via: row.via as Episode["via"],
    };
  });
}

/** What is to be known of one that was cut off, to go on with it. */
export function earlierOf({ id, service, firstSeen, lastSeen, codes, via }: EpisodeRow): Earlier {
  return {
    ...{ service, episode: id, codes, firstSeenAt: firstSeen.getTime(), countedTo: lastSeen.getTime() },
    via: via === "link" || via === "here" ? via : "unknown",
  };
}

function remember(episode: string, seconds: number): void {
  if (took().size >= MOST) took().clear();
  took().set(episode, seconds);
}

function rowOf(held: Held, outcome: Outcome | null): EpisodeRow {
  return {
    ...{ id: held.episode, service: held.service, kind: held.kind, codes: held.codes },
    firstSeen: new Date(held.firstSeenAt),
    lastSeen: new Date(held.seenAt),
    outcome: outcome ?? "waiting",
    endedAt: held.endedAt === null ? null : new Date(held.endedAt),
    via: held.via,
  };
}
