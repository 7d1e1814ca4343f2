/** Earlier times that services asked: when, how often and how it ended. The codes themselves are never written. */
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Codes, Held, Outcome } from "./codes.ts";
import type { Kind } from "./kind.ts";
import type { Episode } from "./shapes.ts";
import { type EpisodeRow, readEpisodeRows, readLinks, writeEpisode } from "./store.ts";

const LISTED = 200;
const LINKS = 200;
/** milliseconds between two writes of one that goes on */
const SELDOM = 15_000;
/** milliseconds between a link's end and that of the episode that ended it */
const TOGETHER = 5000;

/** what the database does not keep: how long it took whoever saw the code here; for as long as this run */
const took = () => singleton("relay.took", () => new Map<string, number>());

/** Writes down what happens to these codes; call what is returned to stop. */
export function keepEpisodes(codes: Codes): () => void {
  const written = new Map<string, number>();
  // one after the other: the last state is the last that is written
  let turn = Promise.resolve();
  const write = (row: EpisodeRow) => {
    turn = turn
      .then(() => writeEpisode(row))
      .catch((error) => {
        logger("relay").error({ err: error }, `an episode was not kept: ${messageOf(error)}`);
      });
  };
  return codes.listen((held, what, outcome) => {
    if (what !== "seen" && what !== "ended") return;
    const last = written.get(held.episode) ?? 0;
    if (what === "seen" && Date.now() - last < SELDOM) return;
    written.set(held.episode, Date.now());
    if (what === "ended") {
      written.delete(held.episode);
      if (outcome === "linked" && held.shownAt !== null && held.endedAt !== null)
        took().set(held.episode, Math.round((held.endedAt - held.shownAt) / 1000));
    }
    write(rowOf(held, outcome));
  });
}

/** Newest first; `see` says whose the caller may know of. */
export async function readEpisodes(see: (service: string) => boolean): Promise<Episode[]> {
  const rows = (await readEpisodeRows(LISTED)).filter(({ service }) => see(service));
  const links = (await readLinks(LINKS)).filter(({ endedAs }) => endedAs === "linked");
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
