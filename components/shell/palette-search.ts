/** What the command palette finds, and in which order. Pure, so that hundreds of services stay a matter of a millisecond. */
export interface Candidate {
  /** what the person reads and what is matched first */
  label: string;
  /** matched too, but weighs less */
  hint?: string;
  /** added to the score: what is likelier comes first among equals */
  weight?: number;
}

interface Found<Item> {
  item: Item;
  score: number;
}

/** A part of a text, and whether the query matched it. */
export interface Piece {
  text: string;
  hit: boolean;
  /** where it begins, for keys */
  at: number;
}

/** `>` before the words: actions only; `@`: services only. */
export function readQuery(input: string): { only: "actions" | "services" | null; words: string[] } {
  const text = input.trimStart();
  const only = text.startsWith(">") ? "actions" : text.startsWith("@") ? "services" : null;
  const words = (only ? text.slice(1) : text).toLowerCase().split(/\s+/).filter(Boolean);
  return { only, words };
}

/** The best candidates for all words of a query; without words those with a weight, heaviest first. */
export function search<Item extends Candidate>(
  items: readonly Item[],
  words: readonly string[],
  limit: number,
): Item[] {
  const found: Found<Item>[] = [];
  for (const item of items) {
    const score = scoreOf(item, words);
    if (score !== null) found.push({ item, score: score + (item.weight ?? 0) });
  }
  // a stable sort keeps the order of the list among equals
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item);
}

/** A text cut at the matches of the words. */
export function pieces(text: string, words: readonly string[]): Piece[] {
  const lower = text.toLowerCase();
  const hits = new Array<boolean>(text.length).fill(false);
  for (const word of words) {
    for (const index of placesOf(lower, word) ?? []) hits[index] = true;
  }
  const result: Piece[] = [];
  for (const [at, hit] of hits.entries()) {
    const last = result.at(-1);
    if (last?.hit === hit) last.text += text[at];
    else result.push({ text: text[at]!, hit, at });
  }
  return result;
}

function scoreOf({ label, hint = "" }: Candidate, words: readonly string[]): number | null {
  const inLabel = label.toLowerCase();
  const inHint = hint.toLowerCase();
  let score = 0;
  for (const word of words) {
    const own = wordScore(inLabel, word);
    const other = own === null && inHint.includes(word) ? 1 : null;
    const best = own ?? other;
    if (best === null) return null;
    score += best;
  }
  return score - inLabel.length / 1000;
}

/** The start of a word weighs most, then any part of the text, then its letters in order. */
function wordScore(text: string, word: string): number | null {
  const start = startOfWord(text, word);
  if (start === 0) return 10;
  if (start > 0) return 8;
  if (text.includes(word)) return 5;
  return word.length > 2 && lettersOf(text, word) ? 2 : null;
}

function placesOf(text: string, word: string): number[] | null {
  const start = startOfWord(text, word);
  const index = start >= 0 ? start : text.indexOf(word);
  if (index >= 0) return Array.from({ length: word.length }, (_, offset) => index + offset);
  return word.length > 2 ? lettersOf(text, word) : null;
}

function startOfWord(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1]!)) return at;
  }
  return -1;
}

/** The letters of a word in order, each close to the one before: `wsapi` in `wa-scheduler-api` is too far, `wasch` is not. */
function lettersOf(text: string, word: string): number[] | null {
  const places: number[] = [];
  let from = 0;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0 || (places.length > 0 && at - from > 8)) return null;
    places.push(at);
    from = at + 1;
  }
  return places;
}
