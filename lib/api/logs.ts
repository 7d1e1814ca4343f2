import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { withinBoot } from "#lib/logs/boots.ts";
import { visibleText } from "#lib/logs/clean-text.ts";
import { countLines, histogramSchema } from "#lib/logs/histogram.ts";
import { LOG_LEVELS, type LogLine, lineSchema, progressSchema } from "#lib/logs/line.ts";
import { Progress } from "#lib/logs/progress.ts";
import { parseSelection, type RawSelection, type Selection } from "#lib/logs/query.ts";
import { readLines } from "#lib/logs/read.ts";
import { checkServices, readApart, readMerged } from "#lib/logs/read-merged.ts";
import { logSource } from "#lib/logs/sources.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { Courtesy } from "#lib/platform/courtesy.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { serviceId } from "#lib/services/id.ts";
import { access } from "./gate.ts";
import { EVENTS, type Framing, lineResponse, NDJSON, type ReadLines } from "./line-stream.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Line = z.object(lineSchema.shape).openapi("LogLine");
const ProgressRecord = z.object(progressSchema.shape).openapi("LogProgress");
const address = z.object({ host: z.string(), scope: z.string(), name: z.string() });
const service = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .describe("ids of up to 50 services; repeat it for each");

const bounds = {
  since: z.string().optional().describe("RFC 3339, or a duration back from now: 15m, 2h, 7d"),
  until: z.string().optional().describe("as since"),
  q: z.string().optional().describe("the line contains it, whatever the case"),
  regex: z.string().optional().describe("RE2 syntax, 1000 characters at most"),
  level: z
    .string()
    .optional()
    .describe(`this or worse: ${LOG_LEVELS.join(", ")}; a line without one counts as info`),
  stream: z.string().optional().describe("stdout or stderr"),
  boot: z
    .string()
    .optional()
    .describe("of this boot: 0 is now, -1 the one before, or its id as /log-sources/boots gives it"),
};
const part = {
  tail: z.string().optional().describe("the newest so many lines of the selection, 500 unless told, or all"),
  before: z.string().optional().describe("a line's cursor: the lines before it"),
  after: z.string().optional().describe("a line's cursor: the lines after it, all of them unless tail says otherwise"),
};
const lines = {
  ...bounds,
  ...part,
  order: z.string().optional().describe("oldest first unless it is `newest`: then the newest first, as they are found"),
  follow: z.string().optional().describe("1: go on with new lines until the client leaves"),
  markers: z.string().optional().describe("1: lines with `marker` as well, that say what became of the service"),
  progress: z
    .string()
    .optional()
    .describe("1: records with `progress` alone as well, some four times a second, that say how far the reading is"),
};
const download = { ...bounds, ...part, gzip: z.enum(["0", "1"]).optional() };
const histogram = { ...bounds, buckets: z.coerce.number().int().min(1).max(1000).default(60) };
const resume = z.object({ "last-event-id": z.string().optional().describe("as after, which it takes the place of") });

const streamed = {
  200: {
    description:
      "one object a line, or with Accept: text/event-stream an event a line whose id is its cursor. Where lines were lost, a line with `gap` stands for them",
    content: {
      "application/x-ndjson": { schema: z.union([Line, ProgressRecord]) },
      "text/event-stream": { schema: z.string() },
    },
  },
  ...problemResponses("validation", "not_found", "action_failed", "supervisor_unavailable"),
};
const file = {
  200: {
    description: "time, service where there are several, and the text without its colours",
    content: { "text/plain": { schema: z.string() }, "application/gzip": { schema: z.string() } },
  },
  ...problemResponses("validation", "not_found", "action_failed", "supervisor_unavailable"),
};
const counted = {
  200: { description: "lines by level over time", content: { "application/json": { schema: histogramSchema } } },
  ...problemResponses("validation", "not_found", "action_failed", "supervisor_unavailable"),
};

const ONE = "/services/{host}/{scope}/{name}/logs";
const tags = ["Logs"];
const merged = "Several services as one, in the order of their times. A line's cursor is a place in this stream.";

const oneLines = createRoute({
  method: "get",
  path: ONE,
  ...access("read", "path"),
  summary: "A service's lines, and what comes",
  tags,
  request: { params: address, query: z.strictObject(lines), headers: resume },
  responses: streamed,
});
const oneFile = createRoute({
  method: "get",
  path: `${ONE}/download`,
  ...access("read", "path"),
  summary: "The same as a text file",
  tags,
  request: { params: address, query: z.strictObject(download) },
  responses: file,
});
const oneCount = createRoute({
  method: "get",
  path: `${ONE}/histogram`,
  ...access("read", "path"),
  summary: "How many lines of each level over time",
  tags,
  request: { params: address, query: z.strictObject(histogram) },
  responses: counted,
});
const manyLines = createRoute({
  method: "get",
  path: "/logs",
  ...access("read", "query"),
  summary: "Lines of several services on one timeline",
  description: merged,
  tags,
  request: { query: z.strictObject({ service, ...lines }), headers: resume },
  responses: streamed,
});
const manyFile = createRoute({
  method: "get",
  path: "/logs/download",
  ...access("read", "query"),
  summary: "The same as a text file",
  tags,
  request: { query: z.strictObject({ service, ...download }) },
  responses: file,
});
const manyCount = createRoute({
  method: "get",
  path: "/logs/histogram",
  ...access("read", "query"),
  summary: "How many lines of each level over time",
  tags,
  request: { query: z.strictObject({ service, ...histogram }) },
  responses: counted,
});

export const logRoutes = router()
  .openapi(oneLines, (c) => stream(c, [idOf(c.req.valid("param"))], c.req.valid("query")))
  .openapi(oneFile, (c) => send(c, [idOf(c.req.valid("param"))], c.req.valid("query")))
  .openapi(oneCount, async (c) => c.json(await count(c, [idOf(c.req.valid("param"))], c.req.valid("query")), 200))
  .openapi(manyLines, (c) => stream(c, several(c), withoutServices(c.req.valid("query"))))
  .openapi(manyFile, (c) => send(c, several(c), withoutServices(c.req.valid("query"))))
  .openapi(manyCount, async (c) => c.json(await count(c, several(c), withoutServices(c.req.valid("query"))), 200));

async function stream(c: Context, services: string[], query: Query): Promise<Response> {
  const last = c.req.header("last-event-id");
  const selection = await selectionOf(last ? { ...query, after: last, before: undefined, tail: "all" } : query, c);
  const isEvents = /\btext\/event-stream\b/.test(c.req.header("accept") ?? "");
  // a first blank line carries the headers: a log that is silent now is open all the same
  const framing = isEvents ? EVENTS : selection.follow ? { ...NDJSON, opening: "\n" } : NDJSON;
  const progress = selection.progress ? new Progress(selection.tail === null && !selection.isNewestFirst) : null;
  return lineResponse(await reading(services, selection, progress), framing, { request: c.req.raw, progress });
}

type Query = RawSelection & { boot?: string | undefined };

/** The selection, with the time of a boot as its bounds where one is named. */
async function selectionOf({ boot, ...raw }: Query, c: Context): Promise<Selection> {
  const selection = parseSelection(raw);
  return boot ? withinBoot(selection, boot, c.req.raw.signal) : selection;
}

async function send(c: Context, services: string[], { gzip, ...query }: Query & { gzip?: string | undefined }) {
  const framing: Framing = { type: "text/plain; charset=utf-8", line: plain(services.length > 1), heartbeat: null };
  const isGzip = gzip === "1";
  if (isGzip) framing.type = "application/gzip";
  const name = services.length === 1 ? decodeURIComponent(services[0]!.split("/")[2]!) : "logs";
  const headers = { "content-disposition": `attachment; filename="${fileName(name)}.log${isGzip ? ".gz" : ""}"` };
  return lineResponse(await reading(services, await selectionOf(query, c)), framing, {
    request: c.req.raw,
    headers,
    gzip: isGzip,
  });
}

async function count(c: Context, services: string[], { buckets, ...query }: Query & { buckets: number }) {
  const selection = { ...(await selectionOf(query, c)), tail: null, markers: true };
  const signal = AbortSignal.any([c.req.raw.signal, endingSignal()]);
  const since = selection.since === null ? null : Date.parse(selection.since);
  const until = selection.until === null ? Date.now() : Date.parse(selection.until);
  const bounds = { since, until, buckets };
  const courtesy = new Courtesy();
  const pause = () => courtesy.pause(signal);
  // between cursors of all together, they are read together
  if (services.length === 1 || selection.after !== null || selection.before !== null)
    return countLines([(await reading(services, selection))(signal)], bounds, { pause });
  const apart = readApart(await Promise.all(services.map(logSource)), selection, signal);
  return countLines(apart.services, bounds, { placeOf: apart.placeOf, pause });
}

async function reading(services: string[], selection: Selection, progress: Progress | null = null): Promise<ReadLines> {
  const sources = await Promise.all(services.map(logSource));
  const [only] = sources;
  if (sources.length === 1 && only) return (signal) => readLines(only, selection, { signal, progress });
  return (signal) => readMerged(sources, selection, { signal, progress });
}

function several(c: Context): string[] {
  return checkServices(c.req.queries("service") ?? []);
}

function withoutServices<T extends { service?: unknown }>({ service: _, ...query }: T): Omit<T, "service"> {
  return query;
}

function plain(named: boolean): (line: LogLine) => string {
  return ({ time, service: id, text }) => `${time} ${named ? `${id} ` : ""}${visibleText(text)}\n`;
}

/** A name that means nothing to any file system or header. */
function fileName(name: string): string {
  const time = timestamp().slice(0, 19).replace(/[-:]/g, "");
  return `${
    name
      .replace(/[^A-Za-z0-9._-]+/g, "_")
      .replace(/^[._-]+/, "")
      .slice(0, 100) || "log"
  }-${time}Z`;
}

function idOf(param: { host: string; scope: string; name: string }): string {
  return serviceId(param.host, param.scope, param.name);
}
