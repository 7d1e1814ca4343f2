/** How one line is read: its words in pieces of one look, with hits marked. Worked out for the lines on the screen only. */

import { plural } from "#lib/format/plural.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { type AnsiLook, ansiSpans, plainText } from "./ansi.ts";
import { fieldValue, messageOf } from "./fields.ts";
import { cutAtHits, type Finder, type Piece } from "./matching.ts";
import { isPicture, isStack, lineCount, type Message } from "./message.ts";

interface Emphasis {
  /** a path or an address: there, but not what is read first */
  quiet?: boolean;
  /** a figure */
  strong?: boolean;
}

export type LinePiece = Piece<AnsiLook & Emphasis>;
type Span = AnsiLook & Emphasis & { text: string };

/** A line is one row high: of a longer one this much is drawn until it is opened, and this much then. */
const DRAWN = 1200;
const DRAWN_OPEN = 65_536;
const PICTURE_SPANS = 12_000;

/** The pieces of a line's message. `open`: all of it, as it was written. */
export function linePieces(line: LogLine, finder: Finder | null, open: boolean): LinePiece[] {
  const spans = spansOf(line, finder, open);
  return cutAtHits(spans, finder ? hitsIn(spans.map((span) => span.text).join(""), finder) : []);
}

/** Whether a line is found by a search: in its text as it was written, or as a field's value. */
export function lineMatches(line: LogLine, finder: Finder): boolean {
  if (line.gap || line.marker) return false;
  if (finder.test(plainText(line.text))) return true;
  const { field } = finder;
  return field !== null && line.fields !== undefined && fieldValue(line.fields, field.path) === field.value;
}

/** What a message holds beyond its first line, in words; null: nothing. */
export function foldWords(message: Message): string | null {
  const more = lineCount(message) - 1;
  if (more === 0) return null;
  return isStack(message) ? `stack, ${plural(more, "line")}` : plural(more, "more line");
}

/** Whether a search finds something in a message that cannot be seen while it is folded. */
export function isFoldedMatch(message: Message, finder: Finder | null): boolean {
  const end = message.text.indexOf("\n");
  if (!finder || end < 0) return false;
  return !finder.test(plainText(message.text.slice(0, end))) && finder.test(plainText(message.text.slice(end + 1)));
}

function spansOf(line: LogLine, finder: Finder | null, open: boolean): Span[] {
  const message = line.fields ? messageOf(line.fields) : null;
  if (message) {
    // an opened line shows its fields beneath: beside the message they would be there twice
    const rest = open ? "" : message.rest;
    const text = open ? message.message.slice(0, DRAWN_OPEN) : message.message.split("\n", 1)[0]!.slice(0, DRAWN);
    const shown = `${text} ${rest}`;
    // what was found must be seen: where it is in neither, the line is shown as it was written
    if (!finder || hitsIn(shown, finder).length > 0 || !lineMatches(line, finder)) {
      return [...emphasised(line, text), ...(rest === "" ? [] : [{ text: `  ${rest.slice(0, DRAWN)}`, quiet: true }])];
    }
  }
  const text = open ? line.text.slice(0, DRAWN_OPEN) : line.text.split("\n", 1)[0]!.slice(0, DRAWN);
  // each module of a code has its colour
  if (text.includes("\u001b")) return isPicture(line) ? ansiSpans(text, PICTURE_SPANS) : ansiSpans(text);
  return emphasised(line, text);
}

function hitsIn(text: string, finder: Finder) {
  const hits = finder.find(text);
  return hits.length === 0 && finder.field ? findValue(text, finder.field.value) : hits;
}

function findValue(text: string, value: string): (readonly [number, number])[] {
  const at = value === "" ? -1 : text.indexOf(value);
  return at < 0 ? [] : [[at, at + value.length]];
}

/** addresses and paths, then figures with their units; every alternative is bounded, so that a long line costs its length */
const TOKENS =
  /(?<quiet>\b[a-z][a-z0-9+.-]{0,15}:\/\/[^\s"'<>]{1,300}|(?<=^|[\s"'=(])\/[\w.@%+-][^\s"'<>()]{0,300}|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b)|(?<strong>(?<=^|[\s=(])\d{1,15}(?:\.\d{1,6})?(?: ?(?:ms|s|min|h|d|B|kB|KB|MB|GB|KiB|MiB|GiB|%))?(?=$|[\s,;)]))/g;

/** The text untouched, its figures a little stronger and its addresses a little quieter. Errors are read as they are. */
function emphasised({ level }: LogLine, text: string): Span[] {
  if (level === "error" || level === "fatal" || level === "debug" || level === "trace") return [{ text }];
  const spans: Span[] = [];
  let at = 0;
  for (const found of text.matchAll(TOKENS)) {
    if (found.index > at) spans.push({ text: text.slice(at, found.index) });
    spans.push(found.groups?.quiet === undefined ? { text: found[0], strong: true } : { text: found[0], quiet: true });
    at = found.index + found[0].length;
  }
  if (at < text.length) spans.push({ text: text.slice(at) });
  return spans;
}
