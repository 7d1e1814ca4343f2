/** How many lines of which level came when, as bars. */
import type { Histogram } from "#lib/logs/histogram.ts";
import type { LogAsk } from "./log-requests.ts";
import { LEVEL_GROUPS, type LevelGroup, type LogRange } from "./log-view.ts";

const AGAIN = 15_000;
const AGAIN_WHOLE = 300_000;
/** so many times as long as a count took nothing is counted */
const REST = 20;

export interface Bar {
  /** milliseconds */
  at: number;
  counts: Record<LevelGroup, number>;
  total: number;
}

export function barsOf({ items }: Pick<Histogram, "items">): Bar[] {
  return items.map(({ time, trace, debug, info, warn, error, fatal, none }) => {
    const counts = { error: error + fatal, warn, info: info + none, debug: debug + trace };
    return { at: Date.parse(time), counts, total: sumOf(counts) };
  });
}

/** Lines by level over all bars. */
export function countsOf(bars: readonly Bar[]): Record<LevelGroup, number> {
  const sum = { error: 0, warn: 0, info: 0, debug: 0 };
  for (const { counts } of bars) for (const level of LEVEL_GROUPS) sum[level] += counts[level];
  return sum;
}

/**
 * Milliseconds until a view that goes on is counted again; `took`: what the last count did. Where no beginning bounds it whole logs
 * are read for it.
 */
export function countAgainIn({ params }: Pick<LogAsk, "params">, took: number): number {
  const isBounded = params.some(([name]) => name === "since" || name === "boot");
  return Math.max(isBounded ? AGAIN : AGAIN_WHOLE, took * REST);
}

/** The marker nearest to a time on one side of it: what `[` and `]` go to. `markers` oldest first, times in milliseconds. */
export function markerBeside<Marker extends { time: string }>(
  markers: readonly Marker[],
  at: number,
  side: "before" | "after",
): Marker | null {
  if (side === "after") return markers.find(({ time }) => Date.parse(time) > at) ?? null;
  return markers.findLast(({ time }) => Date.parse(time) < at) ?? null;
}

/** Which restart of its service each one is: `2 of 17`, by service and time. `markers` oldest first. */
export function turnsOf(markers: readonly { time: string; service: string; kind: string }[]): Map<string, string> {
  const restarts = markers.filter(({ kind }) => kind === "restarted");
  const all = new Map<string, number>();
  for (const { service } of restarts) all.set(service, (all.get(service) ?? 0) + 1);
  const seen = new Map<string, number>();
  return new Map(
    restarts.map((marker) => {
      const turn = (seen.get(marker.service) ?? 0) + 1;
      seen.set(marker.service, turn);
      return [turnKey(marker), `${turn} of ${all.get(marker.service)}`];
    }),
  );
}

export function turnKey({ service, time }: { service: string; time: string }): string {
  return `${service} ${time}`;
}

function sumOf(counts: Record<LevelGroup, number>): number {
  return LEVEL_GROUPS.reduce((sum, level) => sum + counts[level], 0);
}

export interface Block {
  kind: "info" | "warn" | "error";
  top: number;
  height: number;
}

/**
 * The blocks of one bar from the ground up. Heights grow with the square root, and whatever is there is two pixels high at
 * least: one error among ten thousand lines is what somebody looks for.
 */
export function blocksOf(bar: Bar, most: number, room: number): Block[] {
  if (bar.total === 0 || most === 0) return [];
  const whole = Math.max(2, Math.sqrt(bar.total / most) * room);
  const parts = [
    { kind: "info", count: bar.counts.info + bar.counts.debug },
    { kind: "warn", count: bar.counts.warn },
    { kind: "error", count: bar.counts.error },
  ] as const;
  const shown = parts.filter(({ count }) => count > 0);
  const heights = shown.map(({ count }) => Math.max(2, (count / bar.total) * whole));
  // what the small ones get beyond their share, the largest gives
  const over = heights.reduce((sum, height) => sum + height, 0) - Math.max(whole, 2 * shown.length);
  if (over > 0) heights[heights.indexOf(Math.max(...heights))]! -= over;
  let ground = room;
  const blocks: Block[] = [];
  for (const [n, { kind }] of shown.entries()) {
    ground -= heights[n]!;
    blocks.push({ kind, top: ground, height: heights[n]! });
  }
  return blocks;
}

/** The range of the bars from one to another, in whichever order they were dragged over. `step` in seconds. */
export function zoomTo(bars: readonly Bar[], step: number, one: number, other: number): LogRange {
  const first = bars[Math.min(one, other)];
  const last = bars[Math.max(one, other)];
  if (!first || !last) return null;
  return { since: new Date(first.at).toISOString(), until: new Date(last.at + step * 1000).toISOString() };
}

/** `15 s a bar`, `2 min a bar`. */
export function formatStep(seconds: number): string {
  if (seconds < 90) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toPrecision(2))} h`;
}
