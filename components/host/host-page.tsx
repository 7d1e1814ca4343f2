"use client";

import Link from "next/link";
import { useMemo, useState } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatPercent } from "#lib/format/percent.ts";
import { HostStrip } from "@/components/metrics/host-strip.tsx";
import { LineChart } from "@/components/metrics/line-chart.tsx";
import { SPANS, type SpanKey, spanOf } from "@/components/metrics/spans.ts";
import { useSeries } from "@/components/metrics/use-series.ts";
import { PageHead } from "@/components/settings/section.tsx";
import { useHost } from "@/components/shell/live.ts";
import { Note } from "@/components/ui/note.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { DisksPanel } from "./disks-panel.tsx";

interface Drawn {
  name: string;
  title: string;
  format: (value: number) => string;
  inBytes?: boolean;
}

const rate = (value: number) => `${formatBytes(value)}/s`;
const CHARTS: readonly Drawn[] = [
  { name: "cpu", title: "CPU, of all cores", format: (value) => `${formatPercent(value)} %` },
  { name: "memory", title: "Memory", format: formatBytes, inBytes: true },
  { name: "load", title: "Load, of a minute", format: (value) => value.toFixed(value < 10 ? 2 : 0) },
  { name: "networkIn", title: "Network, received", format: rate, inBytes: true },
  { name: "networkOut", title: "Network, sent", format: rate, inBytes: true },
  { name: "diskRead", title: "Disks, read", format: rate, inBytes: true },
  { name: "diskWrite", title: "Disks, written", format: rate, inBytes: true },
];

/** The server itself: how it stands now, over time, and when its disks will be full. */
export function HostPage() {
  const host = useHost();
  return (
    <>
      <PageHead
        title={host?.name ?? "Host"}
        text={
          host?.rebootDue ? (
            <>
              {host.os}. A reboot is due:{" "}
              <Link href="/host/reboot" className="textlink">
                what would come back
              </Link>
              .
            </>
          ) : (
            (host?.os ?? "The server that Trihelm runs on.")
          )
        }
      />
      <HostStrip />
      <DisksPanel />
      <Charts />
    </>
  );
}

/** One range for all of them: what happened at one moment stands at one place. */
function Charts() {
  const host = useHost();
  const [key, setKey] = useState<SpanKey>("6h");
  const span = spanOf(key);
  const { series, problem, span: shown } = useSeries("/host/metrics", span);
  // the right edge moves when new points have come, and not with every frame
  const to = useMemo(() => (series === null ? 0 : Date.now()), [series]);
  const { seconds, step } = spanOf(shown);
  const range = { from: to - seconds * 1000, to, step, together: "host" };
  const limits: Record<string, number | null> = { memory: host?.memory?.total ?? null };
  const drawn = CHARTS.filter(({ name }) => (series?.[name]?.length ?? 0) > 0);
  return (
    <section aria-label="Over time" className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-16 font-semibold">Over time</h2>
        <Segmented
          label="Time range"
          value={key}
          options={SPANS.map(({ key: value, label }) => ({ value, label }))}
          onChange={setKey}
          className="max-sm:h-11"
        />
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
        <p className="text-muted-foreground">
          Nothing was measured in this time. Figures are kept every ten seconds while Trihelm runs.
        </p>
      ) : (
        <div className="grid grid-cols-1 gap-3 md:grid-cols-2 xl:grid-cols-3">
          {drawn.map(({ name, ...chart }) => (
            <LineChart key={name} points={series[name] ?? []} limit={limits[name] ?? null} {...chart} {...range} />
          ))}
        </div>
      )}
    </section>
  );
}
