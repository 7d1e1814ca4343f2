"use client";

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatDate, formatExact, formatMinute } from "#lib/format/exact-time.ts";
import { columnsOf, inWords, type Point } from "./spans.ts";

export interface Flag {
  /** milliseconds since the epoch */
  at: number;
  /** it ended by itself */
  isTrouble: boolean;
}

export interface LineChartProps {
  title: string;
  points: readonly Point[];
  /** seconds between two points */
  step: number;
  /** milliseconds since the epoch */
  from: number;
  to: number;
  format: (value: number) => string;
  /** steps of the scale are round in bytes */
  inBytes?: boolean;
  /** drawn as a line of its own, and part of the scale */
  limit?: number | null;
  flags?: readonly Flag[];
  /** charts with the same name show one moment together */
  together?: string;
}

const HEIGHT = 150;
const DAYS = 3 * 86_400_000;
/** 64 B up to half a petabyte */
const BINARY = Array.from({ length: 44 }, (_, power) => 2 ** (power + 6));

/** One figure over time: a line, its scale from zero, and what happened meanwhile as flags. */
export function LineChart({
  title,
  points,
  step,
  from,
  to,
  format,
  inBytes = false,
  limit = null,
  flags = [],
  together,
}: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const reading = useRef<HTMLSpanElement>(null);
  const words = inWords(points, { value: format, time: (at) => formatExact(at) });
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let chart: uPlot | null = null;
    const draw = () => {
      chart?.destroy();
      const data = columnsOf(points, step);
      const tell = (index: number | null | undefined) => {
        if (!reading.current) return;
        const [at, value] = [index == null ? undefined : data[0][index], index == null ? undefined : data[1][index]];
        reading.current.textContent =
          at === undefined || value == null ? "" : `${format(value)}, ${formatExact(at * 1000)}`;
      };
      const options = optionsOf(element, { from, to, format, inBytes, limit, flags, together, tell });
      chart = new uPlot(options, data as uPlot.AlignedData, element);
    };
    const sized = new ResizeObserver(() => {
      if (chart && chart.width !== element.clientWidth) chart.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    // colours are read when it is drawn
    const themed = new MutationObserver(draw);
    draw();
    sized.observe(element);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sized.disconnect();
      themed.disconnect();
      chart?.destroy();
    };
  }, [points, step, from, to, format, inBytes, limit, flags, together]);
  return (
    <figure className="min-w-0 rounded-panel border border-border bg-card px-4 pt-3 pb-1">
      <figcaption className="flex min-h-5 flex-wrap items-baseline justify-between gap-x-3 text-13 font-semibold">
        {title}
        <span className="sr-only">{words}</span>
        <span ref={reading} aria-hidden="true" className="num text-12 font-normal text-muted-foreground" />
      </figcaption>
      <div ref={place} role="img" aria-label={`${title}: ${words}`} className="mt-1 h-[150px] w-full" />
    </figure>
  );
}

type Drawing = Pick<LineChartProps, "from" | "to" | "format" | "inBytes" | "together"> & {
  limit: number | null;
  flags: readonly Flag[];
  tell: (index: number | null | undefined) => void;
};

function optionsOf(
  element: HTMLElement,
  { from, to, format, inBytes, limit, flags, together, tell }: Drawing,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const axis = {
    stroke: colour("--subtle-foreground"),
    font,
    grid: { stroke: colour("--hairline"), width: 1 },
    ticks: { show: false },
  };
  const tick = (at: number) => (to - from > DAYS ? formatDate(at) : formatMinute(at));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false }, ...(together ? { sync: { key: together } } : {}) },
    scales: {
      x: { range: [from / 1000, to / 1000] },
      y: { range: (_, __, most) => [0, Math.max(most, limit ?? 0, Number.EPSILON) * 1.08] },
    },
    axes: [
      { ...axis, size: 24, space: 64, values: (_, splits) => splits.map((at) => tick(at * 1000)) },
      {
        ...axis,
        size: 58,
        values: (_, splits) => splits.map((value) => format(value)),
        ...(inBytes ? { incrs: BINARY } : {}),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--trace"),
        width: 1.25,
        fill: `color-mix(in oklch, ${colour("--trace")} 12%, transparent)`,
        points: { show: false },
      },
    ],
    hooks: {
      setCursor: [(chart) => tell(chart.cursor.idx)],
      draw: [
        (chart) => {
          if (limit !== null) drawLimit(chart, limit, colour("--muted-foreground"));
          for (const flag of flags) drawFlag(chart, flag, colour(flag.isTrouble ? "--fail" : "--helm"));
        },
      ],
    },
  };
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
