"use client";

import { useMemo, useState } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatCpu } from "#lib/format/percent.ts";
import type { Service } from "#lib/services/service.ts";
import { type Flag, LineChart } from "@/components/metrics/line-chart.tsx";
import { SPANS, type SpanKey, spanOf } from "@/components/metrics/spans.ts";
import { useSeries } from "@/components/metrics/use-series.ts";
import { Note } from "@/components/ui/note.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import type { Happenings } from "./use-happenings.ts";

/** CPU and memory of a service over time, with what happened to it. */
export function MetricsTab({ service, happenings: { items } }: { service: Service; happenings: Happenings }) {
  const [key, setKey] = useState<SpanKey>("1h");
  const span = spanOf(key);
  const { series, problem, span: shown } = useSeries(`/services/${service.id}/metrics`, span);
  const flags = useMemo(() => flagsOf(items ?? []), [items]);
  // the right edge moves when new points have come, and not with every frame
  const to = useMemo(() => (series === null ? 0 : Date.now()), [series]);
  const { seconds, step } = spanOf(shown);
  const range = { from: to - seconds * 1000, to, step, flags, together: service.id };
  const { cpu = [], memory = [] } = series ?? {};
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segmented label="Time range" size="sm" value={key} options={optionsOf()} onChange={setKey} />
        <p className="text-12 text-muted-foreground">Flags stand where it ended, or was started or restarted.</p>
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
      ) : cpu.length + memory.length === 0 ? (
        <p className="text-muted-foreground">
          Nothing was measured in this time. Figures are kept every ten seconds while a service runs.
        </p>
      ) : (
        <>
          <LineChart title="CPU, of one core" points={cpu} format={formatCpu} {...range} />
          <LineChart
            title="Memory"
            points={memory}
            format={formatBytes}
            inBytes
            limit={service.memory?.limit ?? null}
            {...range}
          />
        </>
      )}
    </div>
  );
}

function optionsOf() {
  return SPANS.map(({ key, label }) => ({ value: key, label }));
}

function flagsOf(items: NonNullable<Happenings["items"]>): Flag[] {
  return items
    .filter(({ kind }) => kind === "started" || kind === "restarted" || kind === "exited")
    .map(({ at, kind, by }) => ({
      at: Date.parse(at),
      isTrouble: kind === "exited" || (kind === "restarted" && by === null),
    }));
}
