/** What a search finds in a text. Text is looked for as it is; an expression by an engine whose time is linear. */
import { type FieldFilter, type LogView, parseField } from "./log-view.ts";

/** `[start, end)` of each hit, in order */
export type Hit = readonly [start: number, end: number];

export interface Finder {
  /** all hits, the first 200 at most */
  find: (text: string) => Hit[];
  test: (text: string) => boolean;
  /** set where the search may also mean a field's value */
  field: FieldFilter | null;
}

/** Compiles an RE2 expression, or throws with its own words. */
export type CompileRegex = (pattern: string, matchCase: boolean) => { find: Finder["find"]; test: Finder["test"] };

/** for whoever has no engine */
export const refuseRegex: CompileRegex = () => {
  throw new Error("The engine for expressions is not there");
};

export type Search = Pick<LogView, "q" | "regex" | "matchCase">;

export const MOST_HITS = 200;

/** The finder of a search; null when nothing is searched for. Throws what the regex engine says of a bad expression. */
export function finderOf({ q, regex, matchCase }: Search, compile: CompileRegex): Finder | null {
  if (q === "") return null;
  if (regex) return { ...compile(q, matchCase), field: null };
  const field = parseField(q);
  return { ...textFinder(q, matchCase), field };
}

function textFinder(q: string, matchCase: boolean): Pick<Finder, "find" | "test"> {
  const wanted = fold(q, matchCase);
  return {
    test: (text) => fold(text, matchCase).includes(wanted),
    find: (text) => {
      const hits: Hit[] = [];
      const folded = fold(text, matchCase);
      // where folding changes the length, places in it are not places in the text
      if (folded.length !== text.length) return folded.includes(wanted) ? [[0, text.length]] : [];
      for (let at = folded.indexOf(wanted); at >= 0 && hits.length < MOST_HITS; ) {
        hits.push([at, at + wanted.length]);
        at = folded.indexOf(wanted, at + wanted.length);
      }
      return hits;
    },
  };
}

function fold(text: string, matchCase: boolean): string {
  return matchCase ? text : text.toLowerCase();
}

/** A piece of a text that is drawn in one look. */
export type Piece<Look> = Look & { text: string; hit: boolean };

/** Cuts spans at the hits; `hits` are places in the joined text of the spans. */
export function cutAtHits<Look extends object>(
  spans: readonly (Look & { text: string })[],
  hits: readonly Hit[],
): Piece<Look>[] {
  const pieces: Piece<Look>[] = [];
  let at = 0;
  let next = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    for (let from = at; from < end; ) {
      while (next < hits.length && hits[next]![1] <= from) next += 1;
      const hit = hits[next];
      const inside = hit !== undefined && hit[0] <= from;
      const to = Math.min(end, hit === undefined ? end : inside ? hit[1] : hit[0]);
      pieces.push({ ...span, text: span.text.slice(from - at, to - at), hit: inside });
      from = to;
    }
    at = end;
  }
  return pieces;
}
