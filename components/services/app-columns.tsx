"use client";

import { memo, useCallback, useSyncExternalStore } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatCpu } from "#lib/format/percent.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { Service } from "#lib/services/service.ts";
import { useLive } from "@/components/shell/live.ts";
import type { LiveStore } from "@/components/shell/live-store.ts";
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

const MANY = 60;

const AppPanel = memo(function AppPanel({ app, hostTotal }: { app: App; hostTotal: number | null }) {
  return (
    <Panel aria-label={app.name} className="min-w-0 overflow-hidden">
      <header className={cn(ROW_GRID, "h-10 border-b border-border")}>
        <StateMark mark={markOf(app.worst)} />
        <h2 className="flex min-w-0 items-baseline gap-2 text-14 font-semibold whitespace-nowrap">
          <bdi className="min-w-0 truncate" title={app.name}>
            {visible(app.name)}
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
          <ServiceRow key={id} id={id} hostTotal={hostTotal} mixed many={app.ids.length > MANY} />
        ))}
      </ul>
    </Panel>
  );
});

/** Sums over what of the app runs. */
function Totals({ ids }: { ids: readonly string[] }) {
  const { store, first } = useLive();
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = ids.map((id) => store.subscribe(`service:${id}`, listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [store, ids],
  );
  const cpu = useSyncExternalStore(
    subscribe,
    () => sum(store, ids, (service) => service.cpu),
    () => sum(first, ids, (service) => service.cpu),
  );
  const memory = useSyncExternalStore(
    subscribe,
    () => sum(store, ids, (service) => service.memory?.used || null),
    () => sum(first, ids, (service) => service.memory?.used || null),
  );
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

/** Null when nothing is known of any. */
function sum(store: LiveStore, ids: readonly string[], figure: (service: Service) => number | null): number | null {
  const known = ids.flatMap((id) => {
    const service = store.service(id);
    return service?.state === "running" ? (figure(service) ?? []) : [];
  });
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
