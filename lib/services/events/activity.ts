/** What happened on this server, whoever did it, newest first: events, actions, jobs and alerts on one line of time. */
import { z } from "zod";
import { SEVERITIES } from "#lib/alerts/shapes.ts";
import { AppError } from "#lib/platform/errors.ts";
import { happeningSchema } from "./happening.ts";

export const ACTIVITY_KINDS = ["happening", "action", "job", "alert"] as const;

export const activityItemSchema = z.object({
  /** RFC 3339 */
  at: z.string(),
  kind: z.enum(ACTIVITY_KINDS),
  /** id of the service; null: it is about none, or about the host */
  service: z.string().nullable(),
  /** `wa-worker`, `wa-db`, `nightly` */
  title: z.string(),
  /** what happened to it, after the title, with literal words between backquotes: `ended with exit 1` */
  words: z.string(),
  /** who asked for it here */
  by: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  event: happeningSchema.optional(),
  /** ids */
  alert: z.string().optional(),
  job: z.string().optional(),
});

export type ActivityKind = (typeof ACTIVITY_KINDS)[number];
export type ActivityItem = z.infer<typeof activityItemSchema>;

/** A place between two items: what comes behind it is at or before `at`, and of this source has a key below `key`. */
export interface Place {
  at: string;
  kind: ActivityKind;
  key: string;
}

export interface Keyed {
  item: ActivityItem;
  /** unique and in order among what one source has of one moment; as text, the later the larger */
  key: string;
}

export interface SourceQuery {
  /** RFC 3339: at this time or before; null: from now on back */
  until: string | null;
  /** below this key of what is at `until` itself; null: all of it */
  below: string | null;
  service: string | null;
  limit: number;
}

/** One kind of activity, newest first; fewer than `limit` only where there is no more. */
export interface ActivitySource {
  kind: ActivityKind;
  read(query: SourceQuery): Promise<Keyed[]>;
}

export interface ActivityQuery {
  limit: number;
  /** as `next` gave it; null: from now on back */
  before: string | null;
  service: string | null;
  kind: ActivityKind | null;
  /** what this caller may hear of */
  allows(item: ActivityItem): boolean;
}

/** batches read for one page, of which the caller may hear of little */
const ROUNDS = 20;
const LEAST = 50;

/** A page, and where the next one begins: it may be shorter than `limit` although there is more. Throws AppError `validation`. */
export async function readActivity(
  sources: readonly ActivitySource[],
  { limit, before, service, kind, allows }: ActivityQuery,
): Promise<{ items: ActivityItem[]; next: string | null }> {
  const wanted = sources.filter((source) => kind === null || source.kind === kind);
  const size = Math.max(limit, LEAST);
  const items: ActivityItem[] = [];
  let place = before === null ? null : placeOf(before);
  for (let round = 0; round < ROUNDS; round += 1) {
    const read = await Promise.all(
      wanted.map(async (source) => {
        const found = await source.read({ ...boundsOf(source.kind, place), service, limit: size });
        return found.map(({ item, key }) => ({ item, place: { at: item.at, kind: source.kind, key } }));
      }),
    );
    // each source gave its newest so many: the newest so many of all are among them
    const batch = read
      .flat()
      .sort((a, b) => later(a.place, b.place))
      .slice(0, size);
    for (const [index, one] of batch.entries()) {
      if (!allows(one.item)) continue;
      items.push(one.item);
      if (items.length === limit) {
        const isLast = index === batch.length - 1 && batch.length < size;
        return { items, next: isLast ? null : textOf(one.place) };
      }
    }
    place = batch.at(-1)?.place ?? null;
    if (batch.length < size || place === null) return { items, next: null };
  }
  return { items, next: place && textOf(place) };
}

function boundsOf(kind: ActivityKind, place: Place | null): Pick<SourceQuery, "until" | "below"> {
  if (place === null) return { until: null, below: null };
  const turn = ACTIVITY_KINDS.indexOf(kind) - ACTIVITY_KINDS.indexOf(place.kind);
  // of one moment the kinds stand in their order
  return { until: place.at, below: turn < 0 ? "" : turn === 0 ? place.key : null };
}

/** Below zero where `a` stands before `b` in the list. */
function later(a: Place, b: Place): number {
  if (a.at !== b.at) return a.at > b.at ? -1 : 1;
  return ACTIVITY_KINDS.indexOf(a.kind) - ACTIVITY_KINDS.indexOf(b.kind) || (a.key > b.key ? -1 : 1);
}

function textOf({ at, kind, key }: Place): string {
  return `${at}~${kind}~${key}`;
}

function placeOf(text: string): Place {
  const [at = "", kind, ...key] = text.split("~");
  const known = ACTIVITY_KINDS.find((one) => one === kind);
  if (!known || Number.isNaN(Date.parse(at)))
    throw new AppError("validation", "before is what `next` of the page before said", {
      problems: [{ path: "before", message: "is what `next` of the page before said" }],
    });
  return { at: new Date(at).toISOString(), kind: known, key: key.join("~") };
}
