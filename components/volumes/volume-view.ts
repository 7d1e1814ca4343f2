/** What the person looking at the volumes has asked for. It lives in the address, so that a link shows the same. */
import { decoded } from "#lib/format/decoded.ts";
import type { Volume } from "#lib/volumes/shapes.ts";

const SHOWS = ["all", "overdue", "unscheduled", "unused"] as const;
export type Show = (typeof SHOWS)[number];

export interface VolumeView {
  q: string;
  show: Show;
  /** id of the volume that is open beside the list */
  volume: string | null;
}

/** Reads the query string of an address; what it does not know is as if it were not there. */
export function parseVolumeView(search: string | URLSearchParams): VolumeView {
  const query = new URLSearchParams(search);
  return {
    q: (query.get("q") ?? "").slice(0, 200),
    show: SHOWS.find((show) => show === query.get("show")) ?? "all",
    volume: query.get("volume")?.slice(0, 1000) || null,
  };
}

/** The query string that `parseVolumeView` reads back, with its `?`; empty for the default view. */
export function volumeSearch({ q, show, volume }: VolumeView): string {
  const query = new URLSearchParams();
  if (q) query.set("q", q);
  if (show !== "all") query.set("show", show);
  if (volume) query.set("volume", volume);
  const text = query.toString().replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

const FITS: Record<Show, (volume: Volume) => boolean> = {
  all: () => true,
  overdue: ({ overdue }) => overdue,
  unscheduled: ({ schedule }) => schedule === null,
  unused: ({ usedBy }) => usedBy.length === 0,
};

/** The volumes that the view shows, in the order they stand in. Every word must be found somewhere. */
export function filterVolumes(volumes: readonly Volume[], { q, show }: Pick<VolumeView, "q" | "show">): Volume[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return volumes.filter((volume) => {
    if (!FITS[show](volume)) return false;
    const text = textOf(volume);
    return words.every((word) => text.includes(word));
  });
}

/** How many each chip holds. */
export function countShows(volumes: readonly Volume[]): Record<Show, number> {
  const count = (show: Show) => volumes.filter(FITS[show]).length;
  return { all: volumes.length, overdue: count("overdue"), unscheduled: count("unscheduled"), unused: count("unused") };
}

/** The first order: overdue, then those that are looked after, then the others, then what nothing uses. */
export function orderVolumes(volumes: readonly Volume[]): Volume[] {
  const rank = ({ overdue, schedule, usedBy }: Volume) =>
    overdue ? 0 : usedBy.length === 0 ? 3 : schedule === null ? 2 : 1;
  return [...volumes].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (b.group ?? "").localeCompare(a.group ?? "") ||
      a.name.localeCompare(b.name, "en", { numeric: true }),
  );
}

/** A newer reading in the places of the one before: rows stay where they are, new ones come last. */
export function keepPlaces(before: readonly Volume[], next: readonly Volume[]): Volume[] {
  const places = new Map(before.map(({ id }, index) => [id, index]));
  const known = new Map(before.map((volume) => [volume.id, volume]));
  const placed = next.filter(({ id }) => places.has(id)).sort((a, b) => places.get(a.id)! - places.get(b.id)!);
  const fresh = orderVolumes(next.filter(({ id }) => !places.has(id)));
  return [...placed, ...fresh].map((volume) => sameOrNew(known.get(volume.id), volume));
}

/** The object that was there where nothing has changed, so that its row does not repaint. */
function sameOrNew(known: Volume | undefined, next: Volume): Volume {
  return known && JSON.stringify(known) === JSON.stringify(next) ? known : next;
}

function textOf({ name, group, usedBy, labels }: Volume): string {
  const users = usedBy.map((id) => decoded(id.slice(id.lastIndexOf("/") + 1)));
  return [name, group ?? "", ...users, ...Object.values(labels)].join("\n").toLowerCase();
}
