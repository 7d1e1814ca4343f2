/** The relay's list: who asks now, then earlier times, newest first. */
import type { Code, Episode, Link } from "#lib/relay/shapes.ts";

export interface RelayRow {
  /** the service's id for one that asks now; with the time it began for one that is over */
  key: string;
  service: string;
  kind: Code["kind"];
  firstSeenAt: string;
  codes: number;
  /** of a service that asks now */
  code: Code | null;
  /** of one that is over */
  episode: Episode | null;
  /** the newest that is alive, for a code that waits */
  link: Link | null;
}

export interface RelayReading {
  codes: readonly Code[];
  episodes: readonly Episode[];
  links: readonly Link[];
}

export function relayRows({ codes, episodes, links }: RelayReading): RelayRow[] {
  const past = episodes.filter(({ outcome, endedAt }) => outcome !== "waiting" && endedAt !== null);
  const waiting = codes.filter(
    (code) =>
      code.state === "waiting" ||
      (code.state === "stale" && !past.some((one) => isSameTime(code, one) && !isOpenEnded(one))),
  );
  const over = past.filter((one) => !waiting.some((code) => isSameTime(code, one)));
  return [
    ...waiting
      .toSorted((a, b) => b.firstSeenAt.localeCompare(a.firstSeenAt))
      .map((code) => ({
        ...{ key: code.service, service: code.service, kind: code.kind, codes: code.codes },
        ...{ firstSeenAt: code.firstSeenAt, code, episode: null, link: liveLinks(links, code.service)[0] ?? null },
      })),
    ...over
      .toSorted((a, b) => b.firstSeenAt.localeCompare(a.firstSeenAt))
      .map((episode) => ({
        ...{ key: `${episode.service} ${episode.firstSeenAt}`, service: episode.service, kind: episode.kind },
        ...{ firstSeenAt: episode.firstSeenAt, codes: episode.codes, code: null, episode, link: null },
      })),
  ];
}

/** Is this what became of the time that the code belongs to? One that was broken off goes on with the codes that are found again. */
function isSameTime(code: Code, episode: Episode): boolean {
  if (code.service !== episode.service) return false;
  const [seen, from, to] = [code.firstSeenAt, episode.firstSeenAt, episode.endedAt ?? ""].map(Date.parse);
  return seen === from || (isOpenEnded(episode) && seen! >= from! && seen! <= to!);
}

/** Nobody knows how it would have ended. */
function isOpenEnded({ outcome }: Episode): boolean {
  return outcome === "gone" || outcome === "interrupted";
}

/** Of one service, those that can still be opened, newest first. */
export function liveLinks(links: readonly Link[], service: string): Link[] {
  return links
    .filter((link) => link.service === service && link.endedAs === null)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** What can be said of a service that is no more: its id tells it. */
export function namedBy(id: string): { id: string; name: string; supervisor: "systemd" | "pm2" | "docker" } {
  const [, scope = "", ...name] = id.split("/").map(decoded);
  const kind = /^(pm2|docker|podman|systemd)/.exec(scope)?.[1];
  return {
    id,
    name: name.join("/") || id,
    supervisor: kind === "pm2" ? "pm2" : kind === "systemd" ? "systemd" : "docker",
  };
}

/** An id out of an address may be anything: what cannot be decoded is told as it stands. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // a stray per cent sign
    return segment;
  }
}
