/** How a chart is drawn: axes, lines, a limit, and flags for what happened. */
import type uPlot from "uplot";
import { formatClock, formatDate, formatMinute } from "#lib/format/exact-time.ts";

export interface Flag {
  /** milliseconds since the epoch */
  at: number;
  /** it ended by itself */
  isTrouble: boolean;
  /** `Exit 1` */
  words: string;
}

export interface Drawing {
  /** milliseconds since the epoch */
  from: number;
  to: number;
  lines: number;
  format: (value: number) => string;
  /** steps of the scale are round in bytes */
  inBytes: boolean;
  /** a line of its own, and part of the scale */
  limit: number | null;
  /** the scale reaches at least so far */
  top: number | null;
  flags: readonly Flag[];
  /** charts with the same name show one moment together */
  together: string | undefined;
  /** the pointer is at this column, and at this time (milliseconds); null: it is not there */
  onPoint: (index: number | null, at: number | null) => void;
  /** a stretch of time was drawn over, in milliseconds */
  onZoom: ((from: number, to: number) => void) | undefined;
}

export const HEIGHT = 150;
const DAYS = 3 * 86_400_000;
const MINUTES = 12 * 60_000;
/** pixels: less is a click */
const DRAGGED = 6;
/** 64 B up to half a petabyte */
const BINARY = Array.from({ length: 44 }, (_, power) => 2 ** (power + 6));

/** Colours are those of `element` now: it is drawn anew with another theme. */
export function optionsOf(element: HTMLElement, drawing: Drawing): uPlot.Options {
  const { from, to, lines, format, inBytes, limit, top, flags, together, onPoint, onZoom } = drawing;
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const axis = {
    stroke: colour("--subtle-foreground"),
    font,
    grid: { stroke: colour("--hairline"), width: 1 },
    ticks: { show: false },
  };
  const tick = to - from > DAYS ? formatDate : to - from > MINUTES ? formatMinute : formatClock;
  const line = { stroke: colour("--trace"), width: 1.25, points: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: onZoom !== undefined, y: false, setScale: false, dist: DRAGGED },
      ...(together ? { sync: { key: together } } : {}),
    },
    scales: {
      x: { range: [from / 1000, to / 1000] },
      y: { range: (_, __, most) => [0, Math.max(most ?? 0, limit ?? 0, top ?? 0, Number.EPSILON) * 1.08] },
    },
    axes: [
      { ...axis, size: 24, space: 72, values: (_, splits) => splits.map((at) => tick(at * 1000)) },
      {
        ...axis,
        size: 58,
        values: (_, splits) => splits.map((value) => format(value)),
        ...(inBytes ? { incrs: BINARY } : {}),
      },
    ],
    series: [
      {},
      { ...line, fill: `color-mix(in oklch, ${colour("--trace")} 12%, transparent)` },
      // a second line has a shape of its own, so that hue is not alone
      ...(lines > 1 ? [{ ...line, stroke: colour("--muted-foreground"), dash: [4, 3] }] : []),
    ],
    hooks: {
      setCursor: [
        (chart) => {
          const left = chart.cursor.left ?? -1;
          onPoint(chart.cursor.idx ?? null, left < 0 ? null : chart.posToVal(left, "x") * 1000);
        },
      ],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < DRAGGED || !onZoom) return;
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom(chart.posToVal(left, "x") * 1000, chart.posToVal(left + width, "x") * 1000);
        },
      ],
      draw: [
        (chart) => {
          if (limit !== null) drawLimit(chart, limit, colour("--muted-foreground"));
          for (const flag of flags) drawFlag(chart, flag, colour(flag.isTrouble ? "--fail" : "--helm"));
        },
      ],
    },
  };
}

/** The flag that the pointer is at; null where none is within a few pixels. `at`, `from` and `to` in milliseconds. */
export function flagAt(
  flags: readonly Flag[],
  at: number,
  { from, to, width }: { from: number; to: number; width: number },
): Flag | null {
  const near = ((to - from) / Math.max(1, width)) * 5;
  const distance = (flag: Flag) => Math.abs(flag.at - at);
  return flags.reduce<Flag | null>(
    (best, flag) => (distance(flag) <= near && (!best || distance(flag) < distance(best)) ? flag : best),
    null,
  );
}

function drawLimit({ ctx, bbox, valToPos }: uPlot, limit: number, colour: string): void {
  const y = valToPos(limit, "y", true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function drawFlag({ ctx, bbox, valToPos }: uPlot, { at }: Flag, colour: string): void {
  const x = valToPos(at / 1000, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.fillStyle = colour;
  ctx.fillRect(x - 0.5, bbox.top, 1, bbox.height);
  ctx.beginPath();
  ctx.moveTo(x - 4, bbox.top);
  ctx.lineTo(x + 4, bbox.top);
  ctx.lineTo(x, bbox.top + 6);
  ctx.fill();
  ctx.restore();
}
