/** How the pages ask for logs: what a view means to the server. */

import type { LogLevel, LogLine } from "#lib/logs/line.ts";
import { fieldValue } from "./fields.ts";
import { lineMatches } from "./line-look.ts";
import { LEVEL_GROUPS, type LevelGroup, type LogView, parseField, THIS_BOOT } from "./log-view.ts";
import { finderOf, refuseRegex } from "./matching.ts";

/** What is wanted of which services. Whatever the server cannot tell apart, `keeps` does. */
export interface LogAsk {
  services: readonly string[];
  params: readonly (readonly [name: string, value: string])[];
  /** the lines go on: the view has no end in time */
  endless: boolean;
  /** only what is found is shown: the server may have to read far for it */
  searches: boolean;
  keeps: (line: LogLine) => boolean;
}

/** How much of it: the newest, what is before a line, what came after one. */
export interface Part {
  tail?: number | "all";
  before?: string;
  after?: string;
  follow?: boolean;
  /** in place of where the view begins and ends */
  since?: string;
  until?: string;
  /** as they are found, on the way back */
  newestFirst?: boolean;
  /** only what was printed */
  plain?: boolean;
  /** says how far it is */
  progress?: boolean;
}

/** of a value that is looked for, in characters; the API takes 1000 */
const LONGEST_PART = 200;

const GROUP_OF: Record<LogLevel, LevelGroup> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  fatal: "error",
};

/** A line without a level counts as info: nothing says that it is worse, and nobody wants it hidden as chatter. */
export function groupOf({ level }: Pick<LogLine, "level">): LevelGroup {
  return level === null ? "info" : GROUP_OF[level];
}

/** The request behind a view of these services. */
export function askOf(view: LogView, services: readonly string[]): LogAsk {
  const { range, levels, fields } = view;
  const params: [string, string][] = [];
  if (range && "last" in range) params.push(["since", range.last]);
  else if (range && "boot" in range) params.push(["boot", range.boot]);
  else if (range) params.push(["since", range.since], ["until", range.until]);
  const lowest = LEVEL_GROUPS.findLast((group) => levels.includes(group));
  if (lowest && lowest !== "debug") params.push(["level", lowest]);
  if (view.only && view.q !== "") params.push(searchParam(view));
  else if (fields[0]) params.push(["q", writtenPart(fields[0].value)]);
  const shown = new Set(levels);
  // an expression means the same to the server; text it looks for in any case, and of a field it knows the value alone
  const finder = view.only && !view.regex ? finderOf(view, refuseRegex) : null;
  return {
    services,
    params,
    endless: range === null || "last" in range || ("boot" in range && range.boot === THIS_BOOT),
    searches: (view.only && view.q !== "") || fields.length > 0,
    keeps: (line) =>
      line.gap !== undefined ||
      line.marker !== undefined ||
      (shown.has(groupOf(line)) &&
        (finder === null || lineMatches(line, finder)) &&
        fields.every(({ path, value }) => line.fields !== undefined && fieldValue(line.fields, path) === value)),
  };
}

/** A search as the server knows it. */
export function searchParam({ q, regex, matchCase }: Pick<LogView, "q" | "regex" | "matchCase">): [string, string] {
  if (regex) return ["regex", matchCase ? q : `(?i)${q}`];
  const field = parseField(q);
  return ["q", field ? writtenPart(field.value) : q];
}

/**
 * A part of a field's value that is in the text of every line that has it: quotes, line ends, slashes and letters that are
 * not ASCII may be escaped there. Of a value that is nothing else: as JSON writes it.
 */
function writtenPart(value: string): string {
  const plain = value.match(/[ !#$%(-.0-;=?-[\]-~]+/g) ?? [];
  const longest = plain.reduce((best, run) => (run.length > best.length ? run : best), "");
  return Array.from(longest || JSON.stringify(value).slice(1, -1))
    .slice(0, LONGEST_PART)
    .join("");
}

/** The path under `/api/v1` of a part of the lines, or of something else about the same lines (`/download`, `/histogram`). */
export function logPath({ services, params }: LogAsk, part: Part, what: "" | "/download" | "/histogram" = ""): string {
  const query = new URLSearchParams(params.map(([name, value]) => [name, value]));
  const [only] = services;
  if (services.length !== 1) for (const id of services) query.append("service", id);
  if (part.tail !== undefined) query.set("tail", String(part.tail));
  if (part.before !== undefined) query.set("before", part.before);
  if (part.after !== undefined) query.set("after", part.after);
  if (part.since !== undefined) query.set("since", part.since);
  if (part.until !== undefined) query.set("until", part.until);
  if (part.follow) query.set("follow", "1");
  if (part.newestFirst) query.set("order", "newest");
  if (part.progress) query.set("progress", "1");
  // a file and a count hold what was printed
  if (what === "" && !part.plain) query.set("markers", "1");
  const base = services.length === 1 ? `/services/${only}/logs${what}` : `/logs${what}`;
  return `/api/v1${base}?${query}`;
}
