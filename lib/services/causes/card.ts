/** One card: facts read from log, history and host, each within its time, and what the signs make of them. */
import fs from "node:fs/promises";
import type { LogSource } from "#lib/logs/history.ts";
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import {
  type Inspection,
  isMarkSource,
  type ServiceMark,
  type ServiceRecord,
  type Supervisor,
} from "#lib/supervisors/supervisor.ts";
import { secretsOf } from "../detail.ts";
import { recorder } from "../events/record.ts";
import { type Kept, readAround } from "../events/store.ts";
import { snapshot } from "../snapshot.ts";
import { askHost } from "./ask-host.ts";
import { cameBefore, LOOK_BACK, type Written } from "./came-before.ts";
import { endedOf, isUnseen } from "./end.ts";
import { explain } from "./explain.ts";
import { type LastLine, lastLines, type Run } from "./last-lines.ts";
import type { Cause } from "./shapes.ts";
import type { End, Question } from "./signs/sign.ts";

/** milliseconds: what the last words need to arrive, and what each reading may take */
const SETTLE = 120;
const READING = 700;
/** a machine that is busy with many ends is slow to give their last words: late ones are better than none */
const READING_LOG = 4000;
const AGAIN = 250;
const MOST_TRIES = 10;
const SHOWN = 20;
const MOST_EVENTS = 500;
/** what systemd says when it begins the next run */
const NEXT_RUN = /^(?:\S{1,255}\.service: Scheduled restart job, restart counter|Stopped |Starting )/;

interface Place {
  source: Supervisor;
  record: ServiceRecord;
}

/**
 * `readLog`: whether its log may be read for this one. Never throws: what cannot be read is left out. null: it turns out to
 * be no failure, or nothing tells how it ended.
 */
export async function makeCard(happened: Kept, { readLog }: { readLog: boolean }): Promise<Cause | null> {
  const place = snapshot().find(happened.service);
  const inspecting = quietly(() => inspect(place), null);
  if (!happened.missed) await sleep(SETTLE);
  const [read, events, written] = await Promise.all([
    readLog && place ? quietly(async () => readRun(happened, place, await inspecting), NOTHING) : NOTHING,
    quietly(() => eventsBefore(happened), []),
    inspecting.then((inspection) => quietly(() => writtenFiles(inspection, Date.parse(happened.at)), [])),
  ]);
  const seen = withEnd(happened, read.end);
  if (!seen) return null;
  const end = await endOf(seen, { place, inspection: await inspecting }, read.lines);
  const places = async () => foldersOf(await inspecting, place);
  const ask = (question: Question) => quietly(() => askHost(happened.service, question, places), {});
  const explanation = readLog ? await explain(end, ask) : null;
  return {
    at: happened.at,
    ended: endedOf(seen),
    ran: happened.detail?.ran ?? read.ran,
    lines: (read.lines ?? []).filter(({ text }) => !NEXT_RUN.test(text)).slice(-SHOWN),
    before: cameBefore({ ...happened, related: explanation?.related ?? null }, events, written),
    explanation,
  };
}

/** An end that nobody saw, as the log tells it; null: it does not, or it was a good one. */
function withEnd(happened: Kept, end: ServiceMark | null): Kept | null {
  if (!isUnseen(happened)) return happened;
  return end?.kind === "failed" ? { ...happened, code: end.code, signal: end.signal } : null;
}

/** `lines` null: they could not be read */
type Read = { lines: LastLine[] | null; ran: number | null; end: ServiceMark | null };

const NOTHING: Read = { lines: null, ran: null, end: null };

async function readRun(happened: Kept, { source, record }: Place, inspection: Inspection | null): Promise<Read> {
  const log: LogSource = { service: happened.service, name: record.name, supervisor: source };
  const run = runOf(happened, record);
  const signal = AbortSignal.timeout(READING_LOG);
  const isEnd = happened.kind !== "unhealthy" && happened.kind !== "unstarted";
  const how = { signal, secrets: inspection ? secretsOf(inspection) : [] };
  let read = await lastLines(log, run, how);
  // the journal tells of the end itself; elsewhere silence is asked once whether it is one
  const tries = !isEnd || happened.missed ? 0 : source.kind === "systemd" ? MOST_TRIES : 1;
  for (let at = 0; at < tries && !signal.aborted && !isComplete(read, source.kind); at += 1) {
    await sleep(AGAIN, signal);
    read = await lastLines(log, run, how);
  }
  // a reading that is cut short ends quietly
  if (signal.aborted && read.lines.length === 0) return NOTHING;
  // what ended while nobody looked may have lost its log since
  if (happened.missed && read.lines.length === 0) return NOTHING;
  if (!isEnd) return { ...read, ran: null };
  const began = run.began ?? read.began;
  if (began !== null) return { ...read, ran: Math.max(0, Math.round(run.ended - began) / 1000) };
  const start = await quietly(() => lastStart({ source, record }, run.ended, signal), null);
  // a supervisor that keeps its own log by the second knows no better
  const ran = start === null ? null : Math.max(0, Math.round((run.ended - start) / 1000));
  return { ...read, ran };
}

function isComplete({ lines, isWhole }: Awaited<ReturnType<typeof lastLines>>, kind: Supervisor["kind"]): boolean {
  return kind === "systemd" ? isWhole : lines.length > 0;
}

function runOf({ at, kind, detail }: Kept, { state, since }: ServiceRecord): Run {
  const ended = Date.parse(at);
  const began = detail?.ran === undefined ? null : ended - detail.ran * 1000;
  // a check that fails or a start that is refused ends no run
  if (kind === "unhealthy" || kind === "unstarted") return { began: null, ended, next: null };
  const next = state === "running" && since !== null && Date.parse(since) > ended ? Date.parse(since) : null;
  return { began, ended, next };
}

/** As the supervisor remembers it where the log does not tell; milliseconds since the epoch. */
async function lastStart({ source, record }: Place, ended: number, signal: AbortSignal): Promise<number | null> {
  if (!isMarkSource(source)) return null;
  const marks = await source.marks(record.name, signal);
  const starts = marks.filter(
    ({ kind, time }) => (kind === "started" || kind === "restarted") && Date.parse(time) <= ended,
  );
  const last = starts.at(-1);
  return last ? Date.parse(last.time) : null;
}

async function endOf(
  happened: Kept,
  { place, inspection }: { place: Place | null; inspection: Inspection | null },
  lines: readonly LastLine[] | null,
): Promise<End> {
  const { service, kind, code, signal, oomKilled, detail, reason } = happened;
  const { source, record } = place ?? {};
  const supervisor = source?.kind ?? "systemd";
  return {
    ...{ event: kind, supervisor, name: record?.name ?? service, code, signal, oomKilled },
    program: inspection?.command[0] ?? null,
    isContainer: supervisor === "docker" || supervisor === "podman",
    memoryLimit: detail?.memoryLimit ?? null,
    reason: reason ?? record?.reason ?? null,
    gaveUp: kind === "exited" && record?.state === "failed" && record.restartPolicy.policy !== "no",
    ports: (await recorder()).seen(service)?.ports ?? [],
    isRead: lines !== null,
    lines: (lines ?? []).map(({ time, text }) => ({ time: time === null ? null : Date.parse(time), text })),
  };
}

async function eventsBefore({ at }: Kept): Promise<Kept[]> {
  await (await recorder()).flush();
  const end = Date.parse(at);
  return readAround(new Date(end - LOOK_BACK), new Date(end), MOST_EVENTS);
}

/** Unit files, scripts and compose files that were written in the time that counts. */
async function writtenFiles(inspection: Inspection | null, at: number): Promise<Written[]> {
  const paths = new Set(inspection?.files.filter(({ text }) => text !== null).map(({ path }) => path));
  const found = await Promise.all(
    [...paths].slice(0, 20).map(async (path) => ({ path, at: (await fs.stat(path).catch(() => null))?.mtimeMs ?? 0 })),
  );
  return found.filter((one) => one.at > at - LOOK_BACK && one.at <= at);
}

function inspect(place: Place | null): Promise<Inspection | null> {
  return place ? place.source.inspect(place.record.name, AbortSignal.timeout(READING)) : Promise.resolve(null);
}

/** Folders that it is likely to write to. */
function foldersOf(inspection: Inspection | null, place: Place | null): string[] {
  if (!inspection) return [];
  const isContainer = place?.source.kind === "docker" || place?.source.kind === "podman";
  const mounts = inspection.mounts
    .filter(({ readOnly, type }) => !readOnly && type !== "tmpfs")
    .map(({ source }) => source);
  const own = isContainer
    ? []
    : [inspection.workingDirectory, ...inspection.command.filter((word) => word.startsWith("/"))];
  return [...mounts, ...own.filter((one) => one !== null)].filter((one) => one.startsWith("/") && one !== "/");
}

/** A card with a gap is better than none; why there is one stands in the log of this server. */
async function quietly<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    logger("causes").debug({ err: error }, `a card lacks something: ${messageOf(error)}`);
    return otherwise;
  }
}
