"use client";

import { type ReactNode, useCallback, useMemo, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import type { Flag } from "./chart-drawing.ts";
import { type Line, LineChart, type LineChartProps } from "./line-chart.tsx";
import { RangeBar } from "./range-bar.tsx";
import { type Point, type Range, type SpanKey, zoomed } from "./spans.ts";
import { useSeries } from "./use-series.ts";

export interface ChartOf extends Pick<LineChartProps, "title" | "format" | "inBytes" | "limit" | "top"> {
  /** one or two series of the answer; `name` where there are two */
  lines: readonly { name?: string; series: string }[];
}

interface ChartBoardProps {
  /** where the series are: `/services/…/metrics` */
  path: string;
  charts: readonly ChartOf[];
  flags?: readonly Flag[];
  /** what the flags stand for */
  note?: ReactNode;
  /** when nothing was measured in this time */
  empty: string;
  /** two or three beside each other where there is room, instead of one below the other */
  beside?: boolean;
}

/** Charts over one time: chosen above them, or drawn over in any of them. A chart without a point is left out. */
export function ChartBoard({ path, charts, flags, note, empty, beside = false }: ChartBoardProps) {
  const [range, setRange] = useState<Range>({ last: "1h" });
  const [home, setHome] = useState<SpanKey>("1h");
  const { series, problem, shown } = useSeries(path, range);
  const onZoom = useCallback((from: number, to: number) => setRange(zoomed(from, to)), []);
  const drawn = useMemo(() => charts.flatMap((chart) => filled(chart, series)), [charts, series]);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <RangeBar
          range={range}
          home={home}
          onChange={(next) => {
            setRange(next);
            if ("last" in next) setHome(next.last);
          }}
        />
        {note ? <p className="text-12 text-muted-foreground">{note}</p> : null}
      </div>
      {problem === null ? null : (
        <Note tone="warn" title="Trihelm cannot read the figures">
          {problem}
        </Note>
      )}
      {series === null ? (
        problem === null ? (
          <Skeleton className="h-96 w-full" />
        ) : null
      ) : drawn.length === 0 ? (
        <p className="text-muted-foreground">{empty}</p>
      ) : (
        <div className={cn("grid grid-cols-1 gap-3", beside && "md:grid-cols-2 xl:grid-cols-3")}>
          {drawn.map(({ chart: { lines: _, ...look }, lines }) => (
            <LineChart
              key={look.title}
              {...look}
              {...shown}
              lines={lines}
              flags={flags}
              together={path}
              onZoom={onZoom}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface Filled {
  chart: ChartOf;
  lines: Line[];
}

function filled(chart: ChartOf, series: Readonly<Record<string, readonly Point[]>> | null): Filled[] {
  const lines = chart.lines.map((line) => ({ name: line.name ?? null, points: series?.[line.series] ?? [] }));
  return lines.some(({ points }) => points.length > 0) ? [{ chart, lines }] : [];
}
