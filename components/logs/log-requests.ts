/** How the pages ask for logs: addresses, and the reading of a stream of lines. */

import type { LogLevel, LogLine } from "#lib/logs/line.ts";
import { ApiProblem, readProblem } from "@/components/shell/api-client.ts";
import { fieldValue } from "./fields.ts";
import { LEVEL_GROUPS, type LevelGroup, type LogView, parseField } from "./log-view.ts";
import { createLineParser } from "./ndjson.ts";

/** What is wanted of which services. Whatever the server cannot tell apart, `keeps` does. */
export interface LogAsk {
  services: readonly string[];
  params: readonly (readonly [name: string, value: string])[];
  /** the lines go on: the view has no end in time */
  endless: boolean;
  keeps: (line: LogLine) => boolean;
}

/** How much of it: the newest, what is before a line, what came after one. */
export interface Part {
  tail?: number | "all";
  before?: string;
  after?: string;
  follow?: boolean;
}

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
  else if (range) params.push(["since", range.since], ["until", range.until]);
  const lowest = LEVEL_GROUPS.findLast((group) => levels.includes(group));
  if (lowest && lowest !== "debug") params.push(["level", lowest]);
  if (view.only && view.q !== "") params.push(searchParam(view));
  else if (fields[0]) params.push(["q", fields[0].value]);
  const shown = new Set(levels);
  // text is looked for in any case by the server
  const exact = view.only && view.matchCase && !view.regex && view.q !== "" ? view.q : null;
  return {
    services,
    params,
    endless: range === null || "last" in range,
    keeps: (line) =>
      line.gap !== undefined ||
      (shown.has(groupOf(line)) &&
        (exact === null || line.text.includes(exact)) &&
        fields.every(({ path, value }) => line.fields !== undefined && fieldValue(line.fields, path) === value)),
  };
}

/** A search as the server knows it. */
export function searchParam({ q, regex, matchCase }: Pick<LogView, "q" | "regex" | "matchCase">): [string, string] {
  if (!regex) return ["q", parseField(q)?.value ?? q];
  return ["regex", matchCase ? q : `(?i)${q}`];
}

/** The path under `/api/v1` of a part of the lines, or of something else about the same lines (`/download`, `/histogram`). */
export function logPath({ services, params }: LogAsk, part: Part, what: "" | "/download" | "/histogram" = ""): string {
  const query = new URLSearchParams(params.map(([name, value]) => [name, value]));
  const [only] = services;
  if (services.length !== 1) for (const id of services) query.append("service", id);
  if (part.tail !== undefined) query.set("tail", String(part.tail));
  if (part.before !== undefined) query.set("before", part.before);
  if (part.after !== undefined) query.set("after", part.after);
  if (part.follow) query.set("follow", "1");
  const base = services.length === 1 ? `/services/${only}/logs${what}` : `/logs${what}`;
  return `/api/v1${base}?${query}`;
}

export interface Reading {
  signal: AbortSignal;
  /** the server has answered and lines will come */
  onOpen?: () => void;
  onLines: (lines: LogLine[]) => void;
}

/** A stream that says nothing for so long has nobody at its other end: a blank line comes every 15 s. */
const SILENCE = 40_000;

/** Reads lines until the server ends them. Throws `ApiProblem`; an abort by the signal ends quietly. */
export async function readLogs(path: string, { signal, onOpen, onLines }: Reading): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE);
  try {
    const response = await fetch(path, {
      headers: { Accept: "application/x-ndjson" },
      signal: AbortSignal.any([signal, silence.signal]),
      cache: "no-store",
    });
    if (!response.ok) throw await readProblem(response);
    onOpen?.();
    if (!response.body) return;
    const parse = createLineParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE);
      const lines = parse(value).filter(isLine);
      if (lines.length > 0) onLines(lines);
    }
  } catch (cause) {
    if (signal.aborted) return;
    if (cause instanceof ApiProblem) throw cause;
    throw new ApiProblem(0, { code: "network", title: "The connection broke" }, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function isLine(value: unknown): value is LogLine {
  const line = value as Partial<LogLine> | null;
  return typeof line === "object" && line !== null && typeof line.text === "string" && typeof line.time === "string";
}
