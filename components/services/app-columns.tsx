"use client";

import { memo } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatCpu } from "#lib/format/percent.ts";
import { plural } from "#lib/format/plural.ts";
import { useLive } from "@/components/shell/live.ts";
import { useNow } from "@/components/ui/clock.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { markOf, StateMark } from "@/components/ui/state-mark.tsx";
import type { App } from "./board-apps.ts";
import { CountsLine } from "./counts-line.tsx";
import { holdApps, useHeld } from "./held.ts";
import { ROW_GRID } from "./row-grid.ts";
import { ServiceRow } from "./service-row.tsx";

interface AppColumnsProps {
  columns: App[][];
  hostTotal: number | null;
  viewKey: string;
}

/** Services by what they belong to, over all supervisors. */
export function AppColumns({ columns, hostTotal, viewKey }: AppColumnsProps) {
  const { value: shown, handlers } = useHeld(columns, viewKey, holdApps);
  return (
    <div className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3" {...handlers}>
      {shown.map((apps, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <div key={index} data-column={index} className="flex min-w-0 flex-col gap-3">
          {apps.map((app) => (
            <AppPanel key={app.key} app={app} hostTotal={hostTotal} />
          ))}
        </div>
      ))}
    </div>
  );
}

const AppPanel = memo(function AppPanel({ app, hostTotal }: { app: App; hostTotal: number | null }) {
  return (
    <Panel aria-label={app.name} className="min-w-0 overflow-hidden">
      <header className={cn(ROW_GRID, "h-10 border-b border-border")}>
        <StateMark mark={markOf(app.worst)} />
        <h2 className="flex min-w-0 items-baseline gap-2 text-14 font-semibold whitespace-nowrap">
          <bdi className="min-w-0 truncate" title={app.name}>
            {app.name}
          </bdi>
          <span className="text-12 font-normal text-muted-foreground">
            {plural(app.total, "service")}
            {app.noneUp ? (
              <>
                , <span className="font-medium text-fail">none up</span>
              </>
            ) : app.troubles.length > 0 ? (
              <>
                , <CountsLine counts={app.troubles} />
              </>
            ) : null}
          </span>
        </h2>
        <Totals ids={app.ids} />
      </header>
      <ul>
        {app.ids.map((id) => (
          <ServiceRow key={id} id={id} hostTotal={hostTotal} mixed />
        ))}
      </ul>
    </Panel>
  );
});

/** Sums over the app, looked at every few seconds: the rows have the live figures. */
function Totals({ ids }: { ids: readonly string[] }) {
  const { store } = useLive();
  useNow();
  const figures = ids.map((id) => store.service(id)).filter((service) => service?.state === "running");
  const cpu = figures.some((s) => s?.cpu != null) ? figures.reduce((sum, s) => sum + (s?.cpu ?? 0), 0) : null;
  const memory = figures.some((s) => s?.memory) ? figures.reduce((sum, s) => sum + (s?.memory?.used ?? 0), 0) : null;
  return (
    <>
      <span className="num text-right text-12 text-muted-foreground" title="CPU, % of one core">
        {cpu === null ? "–" : formatCpu(cpu)}
      </span>
      <span className="num text-right text-12 text-muted-foreground" title="Memory">
        {memory === null ? "–" : formatBytes(memory)}
      </span>
    </>
  );
}
