/**
 * What every kind of channel makes its messages of. Titles and texts carry names of services, containers and lines of logs:
 * whoever can name a container writes here, so that nothing of it may become a link, a mention or markup.
 */
import { plural } from "#lib/format/plural.ts";
import { SEVERITIES } from "../shapes.ts";
import type { Message } from "./shapes.ts";

/** said in full when several messages leave as one */
const LISTED = 25;
// all but the line feed that has no shape of its own, and what turns the direction of writing
const UNSEEN = /(?!\n)[\p{Cc}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;
const JOINER = "\u2060";

export interface Piece {
  text: string;
  /** literal words, that stood between backquotes */
  code: boolean;
}

/** Without control signs; lines stay. */
export function cleaned(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(UNSEEN, " ");
}

/** The same on one line. */
export function oneLine(text: string): string {
  return cleaned(text).replaceAll(/\s+/g, " ").trim();
}

/** At most so many UTF-16 units, ending in an ellipsis where something is gone; no sign is cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, Math.max(most - 1, 0));
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** At most so many bytes of UTF-8. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let kept = cut(text, most);
  while (Buffer.byteLength(kept) > most) {
    const over = Buffer.byteLength(kept) - most;
    kept = cut(kept, kept.length - Math.max(Math.ceil(over / 3), 1));
  }
  return kept;
}

/** Text in its plain and its literal parts. A backquote without a partner is a sign like others. */
export function piecesOf(text: string): Piece[] {
  const parts = cleaned(text).split("`");
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("`"));
  return parts.map((part, at) => ({ text: part, code: at % 2 === 1 })).filter((piece) => piece.text !== "");
}

/** Looks the same, and no program takes an address, a mention, a tag or a command in it for one. */
export function unlinked(text: string): string {
  return text.replaceAll(/[.@#/:$](?=\S)/g, `$&${JOINER}`);
}

/** What it is about in a few words: `critical · web-1 · local/docker/wa-worker`. */
export function footing({ kind, severity, host, service }: Message): string {
  const what = { opened: severity, again: `${severity}, again`, acknowledged: "acknowledged", recovered: "recovered" };
  const words = kind === "test" ? "a test" : what[kind];
  return [words, host, service]
    .filter((part) => part !== null && part !== "")
    .map((part) => oneLine(part!))
    .join(" · ");
}

/** For what shows plain text only. */
export function plainText(message: Message): string {
  return [cleaned(message.text).trim(), footing(message), message.url].filter((part) => part !== "").join("\n\n");
}

/** One message that says what several say. With one, that one. */
export function gathered(messages: readonly Message[]): Message {
  const [first] = messages;
  if (!first) throw new Error("there is nothing to say");
  if (messages.length === 1) return first;
  const worst = SEVERITIES.findLast((severity) => messages.some((one) => one.severity === severity)) ?? "info";
  const isOver = messages.every(({ kind }) => kind === "recovered");
  const more = messages.length - LISTED;
  const lines = messages.slice(0, LISTED).map((one) => `${cut(oneLine(one.title), 150)} (${footingWord(one)})`);
  return {
    kind: isOver ? "recovered" : "opened",
    severity: worst,
    title: `${messages.length} alerts: ${counts(messages)}`,
    text: [...lines, ...(more > 0 ? [`and ${plural(more, "more", "more")}`] : [])].join("\n"),
    host: messages.every(({ host }) => host === first.host) ? first.host : "",
    service: null,
    url: first.url.replace(/\/alerts\/[^/]*$/, "/alerts"),
    at: messages.at(-1)!.at,
    incident: null,
    labels: {},
  };
}

function counts(messages: readonly Message[]): string {
  const words = messages.map(footingWord);
  return [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`).join(", ");
}

function footingWord({ kind, severity }: Message): string {
  return kind === "recovered" || kind === "acknowledged" ? kind : severity;
}
