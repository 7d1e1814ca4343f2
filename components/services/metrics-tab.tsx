"use client";

import { useMemo } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatCpu } from "#lib/format/percent.ts";
import type { Service } from "#lib/services/service.ts";
import { ChartBoard, type ChartOf } from "@/components/metrics/chart-board.tsx";
import type { Flag } from "@/components/metrics/chart-drawing.ts";
import { eventWords } from "./event-words.ts";
import type { Explained, Happenings } from "./use-happenings.ts";

/** What a service used over time, with what happened to it. */
export function MetricsTab({ service, happenings: { items } }: { service: Service; happenings: Happenings }) {
  const flags = useMemo(() => flagsOf(items ?? []), [items]);
  const limit = service.memory?.limit ?? null;
  const charts = useMemo(() => chartsOf(limit), [limit]);
  return (
    <ChartBoard
      path={`/services/${service.id}/metrics`}
      charts={charts}
      flags={flags}
      note="Flags stand where it ended, or was started or restarted."
      empty="Nothing was measured in this time. Figures are kept every ten seconds while a service runs."
    />
  );
}

function chartsOf(limit: number | null): ChartOf[] {
  return [
    { title: "CPU, of one core", lines: [{ series: "cpu" }], format: formatShare },
    { title: "Memory", lines: [{ series: "memory" }], format: formatBytes, inBytes: true, limit },
    {
      title: "Network",
      lines: [
        { name: "in", series: "networkIn" },
        { name: "out", series: "networkOut" },
      ],
      format: formatRate,
      inBytes: true,
    },
    {
      title: "Disk",
      lines: [
        { name: "read", series: "diskRead" },
        { name: "written", series: "diskWrite" },
      ],
      format: formatRate,
      inBytes: true,
    },
  ];
}

function formatShare(cpu: number): string {
  return `${formatCpu(cpu)} %`;
}

function formatRate(bytes: number): string {
  return `${formatBytes(bytes)}/s`;
}

function flagsOf(items: readonly Explained[]): Flag[] {
  return items
    .filter(({ kind }) => kind === "started" || kind === "restarted" || kind === "exited")
    .map((event) => ({
      at: Date.parse(event.at),
      isTrouble: event.kind === "exited" || (event.kind === "restarted" && event.by === null),
      words: [eventWords(event).title, event.cause?.explanation?.title.replaceAll("`", "")].filter(Boolean).join(": "),
    }));
}
