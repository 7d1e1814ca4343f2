/** How a search stands, in a few words. */
import { formatExactCount } from "./count-words.ts";
import type { FarStatus } from "./far-search.ts";
import type { MatchPlaces } from "./match-places.ts";

export interface Standing {
  bad: boolean;
  /** the way to a match that is not here yet */
  going: boolean;
  /** among the lines that are here */
  matches: Pick<MatchPlaces, "count" | "done" | "countAfter"> | null;
  /** all of the view's lines are here */
  complete: boolean;
  /** among everything that there is */
  far: FarStatus;
  /** the current line: its index, and how many matches the far search knows after it */
  head: { index: number; farAfter: number } | null;
}

/** `3 of 35`, `35`, `no match`; with `+` while not everything is searched. */
export function hitWords(standing: Standing): { text: string; bad?: boolean } | null {
  const { bad, going, matches, complete, far, head } = standing;
  if (bad) return { text: "not an expression", bad: true };
  if (going) return { text: "searching back" };
  if (!matches) return null;
  const isSure = complete || far.phase === "done";
  const count = complete ? matches.count : Math.max(far.count, matches.count);
  if (count === 0) return { text: !matches.done ? "searching" : isSure ? "no match" : "none so far" };
  const total = `${formatExactCount(count)}${isSure && matches.done ? "" : "+"}`;
  if (head === null) return { text: total };
  const after = complete || far.count < matches.count ? matches.countAfter(head.index) : head.farAfter;
  const place = count - after;
  return { text: place <= 0 ? total : `${formatExactCount(place)} of ${total}` };
}
