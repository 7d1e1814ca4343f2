"use client";

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatExact } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { type Flag, flagAt, HEIGHT, optionsOf } from "./chart-drawing.ts";
import { columnsOf, inWords, type Point } from "./spans.ts";

export interface Line {
  /** where there are two: `in`, `out` */
  name: string | null;
  points: readonly Point[];
}

export interface LineChartProps {
  title: string;
  /** one, or two on one scale: the second is dashed */
  lines: readonly Line[];
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
  /** the scale reaches at least so far */
  top?: number | null;
  flags?: readonly Flag[];
  /** charts with the same name show one moment together */
  together?: string | undefined;
  /** a stretch of time was drawn over */
  onZoom?: ((from: number, to: number) => void) | undefined;
}

const NONE: readonly Flag[] = [];

/** Figures over time: a line or two, their scale from zero, and what happened meanwhile as flags. */
export function LineChart({
  title,
  lines,
  step,
  from,
  to,
  format,
  inBytes = false,
  limit = null,
  top = null,
  flags = NONE,
  together,
  onZoom,
}: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const reading = useRef<HTMLSpanElement>(null);
  const seen = flags.filter(({ at }) => at >= from && at <= to);
  const words = `${lines
    .map(({ name, points }) => [name, inWords(points, { value: format, time: (at) => formatExact(at) })])
    .map((parts) => parts.filter(Boolean).join(": "))
    .join("; ")}${seen.length > 0 ? `; ${plural(seen.length, "flag")}` : ""}`;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let chart: uPlot | null = null;
    const draw = () => {
      chart?.destroy();
      const data = columnsOf(
        lines.map(({ points }) => points),
        step,
      );
      const onPoint = (index: number | null, at: number | null) => {
        if (!reading.current) return;
        const flag = at === null ? null : flagAt(flags, at, { from, to, width: element.clientWidth });
        reading.current.textContent = flag
          ? `${flag.words}, ${formatExact(flag.at)}`
          : index === null
            ? ""
            : readingAt(data, index, { lines, format });
      };
      const drawing = { from, to, lines: lines.length, format, inBytes, limit, top, flags, together, onPoint, onZoom };
      chart = new uPlot(optionsOf(element, drawing), data as uPlot.AlignedData, element);
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
  }, [lines, step, from, to, format, inBytes, limit, top, flags, together, onZoom]);
  return (
    <figure className="min-w-0 rounded-panel border border-border bg-card px-4 pt-3 pb-1">
      <figcaption className="flex min-h-5 flex-wrap items-baseline justify-between gap-x-3 text-13 font-semibold">
        <span>
          {title}
          {lines.length > 1 ? <Legend lines={lines} /> : null}
        </span>
        <span className="sr-only">{words}</span>
        <span ref={reading} aria-hidden="true" className="num text-12 font-normal text-muted-foreground" />
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${title}: ${words}`}
        className="mt-1 h-[150px] w-full [&_.u-select]:bg-[color-mix(in_oklch,var(--foreground)_12%,transparent)]!"
      />
    </figure>
  );
}

function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <span aria-hidden="true" className="ml-3 inline-flex gap-3 text-12 font-normal text-muted-foreground">
      {lines.map(({ name }, index) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <svg aria-hidden="true" width="14" height="2" className="overflow-visible">
            <path
              d="M0 1H14"
              strokeWidth="1.5"
              strokeDasharray={index === 0 ? undefined : "4 3"}
              className={index === 0 ? "stroke-trace" : "stroke-muted-foreground"}
            />
          </svg>
          {name}
        </span>
      ))}
    </span>
  );
}

/** `in 1.2 MB/s, out 340 kB/s, Fri 14 Nov …` */
function readingAt(
  [times, ...values]: [number[], ...(number | null)[][]],
  index: number,
  { lines, format }: Pick<LineChartProps, "lines" | "format">,
): string {
  const at = times[index];
  if (at === undefined) return "";
  const told = values.flatMap((column, line) => {
    const value = column[index];
    return value == null ? [] : [[lines[line]?.name, format(value)].filter(Boolean).join(" ")];
  });
  return told.length === 0 ? "" : `${told.join(", ")}, ${formatExact(at * 1000)}`;
}
