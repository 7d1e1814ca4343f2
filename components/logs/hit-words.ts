/** How a search stands, in a few words. */
import { formatExactCount } from "./count-words.ts";
import type { MatchPlaces } from "./match-places.ts";

interface Searched {
  bad: boolean;
  searching: boolean;
  matches: Pick<MatchPlaces, "count" | "done" | "countAfter"> | null;
  /** index of the current line */
  head: number | null;
  /** older lines are not here: there may be more */
  more: boolean;
}

/** `3 of 35`, `35 matches`, `no match`; with `+` while not everything is searched. */
export function hitWords({ bad, searching, matches, head, more }: Searched): { text: string; bad?: boolean } | null {
  if (bad) return { text: "not an expression", bad: true };
  if (searching) return { text: "searching back" };
  if (!matches) return null;
  const { count } = matches;
  const open = more || !matches.done ? "+" : "";
  if (count === 0) return { text: matches.done ? (more ? "none so far" : "no match") : "searching" };
  const total = `${formatExactCount(count)}${open}`;
  if (head === null) return { text: total };
  const place = count - matches.countAfter(head);
  return { text: place === 0 ? total : `${formatExactCount(place)} of ${total}` };
}
