"use client";

import Link from "next/link";
import { useMemo } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatPercent } from "#lib/format/percent.ts";
import { ChartBoard, type ChartOf } from "@/components/metrics/chart-board.tsx";
import { HostStrip } from "@/components/metrics/host-strip.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useHost } from "@/components/shell/live.ts";
import { DisksPanel } from "./disks-panel.tsx";

/** The server itself: how it stands now, when its disks will be full, and its figures over time. */
export function HostPage() {
  const host = useHost();
  const memory = host?.memory?.total ?? null;
  const charts = useMemo(() => chartsOf(memory), [memory]);
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
      <section aria-labelledby="over-time" className="grid grid-cols-1 gap-3">
        <h2 id="over-time" className="text-16 font-semibold">
          Over time
        </h2>
        <ChartBoard
          path="/host/metrics"
          charts={charts}
          beside
          empty="Nothing was measured in this time. Figures are kept every ten seconds while Trihelm runs."
        />
      </section>
    </>
  );
}

/** `memory`: all that the host has. */
function chartsOf(memory: number | null): ChartOf[] {
  const rate = (value: number) => `${formatBytes(value)}/s`;
  return [
    { title: "CPU, of all cores", lines: [{ series: "cpu" }], format: (value) => `${formatPercent(value)} %` },
    { title: "Memory", lines: [{ series: "memory" }], format: formatBytes, inBytes: true, limit: memory },
    {
      title: "Load, of a minute",
      lines: [{ series: "load" }],
      format: (value) => String(Math.round(value * 100) / 100),
    },
    {
      title: "Network",
      lines: [
        { name: "in", series: "networkIn" },
        { name: "out", series: "networkOut" },
      ],
      format: rate,
      inBytes: true,
    },
    {
      title: "Disks",
      lines: [
        { name: "read", series: "diskRead" },
        { name: "written", series: "diskWrite" },
      ],
      format: rate,
      inBytes: true,
    },
  ];
}
