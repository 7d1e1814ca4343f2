/**
 * What the signature library works with: an end as it is known, and the signs that tell something of it. Signs are pure:
 * what only the host can answer (who holds a port) is asked between finding and explaining.
 *
 * Lines are hostile. They come bounded (`LONGEST` characters), and every expression here is linear in them: no two
 * repetitions side by side that can match the same text.
 */
import type { SupervisorKind } from "#lib/supervisors/supervisor.ts";
import type { HappeningKind } from "../../events/happening.ts";
import type { Cause } from "../shapes.ts";

/** characters of a line that are looked at and shown */
export const LONGEST = 400;

export interface End {
  event: HappeningKind;
  supervisor: SupervisorKind;
  /** `localhost` is its own, not the host's */
  isContainer: boolean;
  /** what its supervisor calls it */
  name: string;
  /** the program that it is told to run; null: that is not known */
  program: string | null;
  code: number | null;
  signal: string | null;
  oomKilled: boolean;
  /** bytes */
  memoryLimit: number | null;
  /** the supervisor's own sentence, as far as it says one */
  reason: string | null;
  /** its supervisor would have started it again, and does not any more */
  gaveUp: boolean;
  /** on the host, or inside the container where it runs in one; those that it was last seen to listen on */
  ports: readonly number[];
  /** false: its log was not read, or not in time: `lines` tells nothing then */
  isRead: boolean;
  /** what it printed in this run, oldest first: text without colours, with secrets masked */
  lines: readonly Printed[];
}

export interface Printed {
  /** milliseconds since the epoch; null: nobody wrote it down */
  time: number | null;
  text: string;
}

/** What a sign needs to know of the host before it can be put into words. */
export type Question =
  | { about: "port"; port: number; protocol: "tcp" | "udp" }
  /** who should answer there */
  | { about: "behind"; host: string; port: number }
  | { about: "disk"; path: string | null }
  /** a file that was to be run, by its absolute path */
  | { about: "program"; path: string };

export interface Known {
  /** who has the port; null: nobody was found */
  holder?: { service: string | null; name: string; own: boolean } | null;
  behind?: { service: string; name: string; state: string; usual: boolean } | null;
  program?: Program | null;
  disk?: { path: string; total: number; free: number; noNodes: boolean; grew: Grown[] } | null;
}

export interface Program {
  exists: boolean;
  isFolder: boolean;
  executable: boolean;
  /** as its first line names it; null: it names none */
  interpreter: string | null;
  interpreterExists: boolean;
  /** that line ends as lines do on Windows, which makes the end part of the name */
  carriageReturn: boolean;
}

export interface Grown {
  path: string;
  bytes: number;
}

export interface Sign {
  /** key: `port-in-use` */
  signature: string;
  /** index of the line that told it; null: the supervisor did */
  line: number | null;
  ask?: Question | null;
  explain(known: Known): Explained;
}

export type Explained = Pick<NonNullable<Cause["explanation"]>, "title" | "words" | "next" | "command" | "related">;

/** A title with its words, and what is to be done; what is left out is null. */
export function told(title: string, words: string, more: Partial<Explained> = {}): Explained {
  return { title, words, next: null, command: null, related: null, ...more };
}

/** The last line that fits one of the expressions, the first of them on one line. */
export function lastMatch(
  lines: readonly Printed[],
  patterns: readonly RegExp[],
): { line: number; found: RegExpExecArray } | null {
  for (let line = lines.length - 1; line >= 0; line -= 1)
    for (const pattern of patterns) {
      const found = pattern.exec(lines[line]!.text);
      if (found) return { line, found };
    }
  return null;
}

/** lines of one error: a stack trace repeats at its end, with less, what its first line said */
const ONE_ERROR = 20;

/** As `lastMatch` of both; where that is a vague one, a precise one shortly before it stands for it. */
export function bestMatch(
  lines: readonly Printed[],
  precise: readonly RegExp[],
  vague: readonly RegExp[],
): ReturnType<typeof lastMatch> {
  const last = lastMatch(lines, [...precise, ...vague]);
  if (!last) return null;
  const from = Math.max(0, last.line - ONE_ERROR);
  const better = lastMatch(lines.slice(from, last.line + 1), precise);
  return better ? { line: from + better.line, found: better.found } : last;
}

/** A foreign word between backquotes, short and on one line. */
export function quoted(text: string): string {
  const plain = text.replaceAll("`", "'").trim();
  return `\`${plain.length > 160 ? `${plain.slice(0, 159)}…` : plain}\``;
}

/** A word for a shell that nothing in it is read of. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
