/**
 * What a program printed, made safe to show: colours (SGR) stay, and whatever else a terminal would act on is shown as
 * text instead: other CSI sequences, OSC (titles, links, the clipboard), NUL, bidirectional overrides.
 */
import { LONGEST_TEXT } from "./line.ts";

/** what has to be looked at; most lines have none of it */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SUSPECT = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /\x1b\[[0-9;:]{0,256}m|[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that are kept
const COLOUR = /\x1b\[[0-9;:]{0,256}m/g;
const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\x1b": "\\x1b" };
/** characters that can have so many bytes at most: below, a line need not be measured */
const SURELY_SHORT = LONGEST_TEXT / 4;

export interface CleanText {
  text: string;
  truncated: boolean;
}

/** Bounded to 256 KiB of UTF-8, escaped, with U+FFFD for what is no character. */
export function cleanText(raw: string): CleanText {
  const bounded = raw.length > SURELY_SHORT ? cut(raw) : raw;
  if (!SUSPECT.test(bounded)) return { text: bounded, truncated: bounded !== raw };
  const escaped = bounded.toWellFormed().replace(UNSAFE, (found) => (found.length > 1 ? found : escapeOf(found)));
  // escaping makes it longer: a line of NULs must not come out four times as long as a line may be
  const text = escaped.length > SURELY_SHORT ? cut(escaped) : escaped;
  return { text, truncated: text !== escaped || bounded !== raw };
}

/** The text as it is read: without its colours. */
export function visibleText(text: string): string {
  return text.includes("\x1b") ? text.replace(COLOUR, "") : text;
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  return NAMED[character] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

function cut(text: string): string {
  // no more than this many characters can fit; measuring a gigabyte to know that would be the attack
  const candidate = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  if (Buffer.byteLength(candidate) <= LONGEST_TEXT) return candidate;
  const bytes = Buffer.from(candidate.toWellFormed()).subarray(0, LONGEST_TEXT);
  let end = bytes.length;
  // never in the middle of a character
  while (end > 0 && (bytes[end - 1]! & 0xc0) === 0x80) end -= 1;
  const lead = bytes[end - 1] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return bytes.toString("utf8", 0, end - 1 + length <= bytes.length ? end - 1 + length : end - 1);
}
