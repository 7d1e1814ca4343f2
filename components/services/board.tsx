"use client";

import { Boxes, Rows3 } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import { useCommands } from "@/components/shell/commands.tsx";
import { useKey, useLive, useNeeds, useServices, useSupervisors } from "@/components/shell/live.ts";
import { useMe } from "@/components/shell/me.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { HostStrip } from "../metrics/host-strip.tsx";
import { AppColumns } from "./app-columns.tsx";
import { boardApps, dealApps } from "./board-apps.ts";
import { boardColumns, type Column, type Helm } from "./board-columns.ts";
import { chipCounts } from "./board-filter.ts";
import { useBoardKeys } from "./board-keys.ts";
import { type BoardView, viewSearch } from "./board-view.ts";
import { EmptyNote } from "./empty-note.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { HelmColumn } from "./helm-column.tsx";
import { HelmTabs } from "./helm-tabs.tsx";
import { NeedsPanel } from "./needs-panel.tsx";
import { useBoardView } from "./use-board-view.ts";
import { useWaiting, type Waiting } from "./use-waiting.ts";

/** The overview: the host, what needs somebody, and every service side by side. `first`: what the address asks for. */
export function Board({ first }: { first: BoardView }) {
  const [view, change] = useBoardView(first);
  const board = useBoardData(view);
  const { columns, apps, counts, host, hostTotal, total, unknown } = board;
  const waiting = useWaiting();
  const [held, setHeld] = useState<Waiting | null>(null);
  const [chosen, setChosen] = useState<Helm>(() => firstHelm(columns));
  const [filtering, setFiltering] = useState(false);
  const rows = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const byApp = view.group === "app";
  const viewKey = viewSearch(view);
  const shown = byApp ? apps.length : columns.reduce((sum, column) => sum + column.shown, 0);
  const nothing = shown === 0 && (view.q !== "" || view.state !== "all");
  const showAll = useCallback((all: boolean) => change({ all }), [change]);
  const clear = () => change({ q: "", state: "all" });

  const regroup = () => change({ group: byApp ? "supervisor" : "app" });
  useBoardKeys({
    board: rows,
    filter: () => {
      setFiltering(true);
      field.current?.focus();
      field.current?.select();
    },
    group: regroup,
    clear,
  });

  useCommands([
    {
      id: "board-group",
      label: byApp ? "Group by supervisor" : "Group by app",
      icon: Boxes,
      keyName: "g",
      run: regroup,
    },
    {
      id: "board-all",
      label: view.all ? "Show fewer units" : "Show all units",
      icon: Rows3,
      run: () => showAll(!view.all),
    },
  ]);

  return (
    <div className="flex min-w-0 flex-col gap-3 px-5 pt-4 pb-5 max-sm:p-3">
      <HostStrip />
      <NeedsPanel total={total} unknown={unknown} held={held} />
      <FilterBar view={view} counts={counts} onChange={change} field={field} open={filtering} />
      <HelmTabs
        columns={columns}
        chosen={chosen}
        onChoose={setChosen}
        panelId={nothing ? null : columnId}
        filtering={filtering}
        onFilter={() => setFiltering(!filtering)}
        byApp={byApp}
      />
      <div
        ref={rows}
        onPointerEnter={(event) => event.pointerType === "mouse" && setHeld(waiting)}
        onPointerLeave={() => setHeld(null)}
      >
        {nothing ? (
          <NoMatch view={view} host={host} columns={columns} onClear={clear} onAll={() => showAll(true)} />
        ) : byApp ? (
          <AppColumns columns={dealApps(apps, 3)} hostTotal={hostTotal} viewKey={viewKey} />
        ) : (
          <div className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3">
            {columns.map((column) => (
              <HelmColumn
                key={column.helm}
                column={column}
                host={host}
                hostTotal={hostTotal}
                viewKey={viewKey}
                q={view.q}
                all={view.all}
                onAll={showAll}
                shownAlone={column.helm === chosen}
                panelId={columnId(column.helm)}
              />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

function columnId(helm: Helm): string {
  return `column-${helm}`;
}

/** Everything that changes with states, and with figures only where the order goes by them. */
function useBoardData(view: BoardView) {
  const { store } = useLive();
  const listed = useServices();
  const supervisors = useSupervisors();
  const needs = useNeeds();
  const host = useHostFacts();
  const tick = useNow();
  const live = useKey("services", (known) => known === store);
  const byFigure = live && (view.sort === "cpu" || view.sort === "memory") ? tick : 0;
  // the list keeps older figures: each tick reads them again
  const services = useMemo(
    () => (byFigure ? listed.map((service) => store.service(service.id) ?? service) : listed),
    [listed, store, byFigure],
  );
  const needy = useMemo(() => new Set(needs.map((need) => need.service)), [needs]);
  const isNarrowed = useMe().services !== null;
  const columns = useMemo(() => {
    const all = boardColumns({ services, supervisors, needy }, view);
    // somebody who is limited to some services is told of the supervisors of these alone
    const theirs = isNarrowed ? all.filter((column) => column.supervisors.length > 0) : all;
    return theirs.length > 0 ? theirs : all;
  }, [services, supervisors, needy, view, isNarrowed]);
  const apps = useMemo(() => (view.group === "app" ? boardApps(services, needy, view) : []), [services, needy, view]);
  const counts = useMemo(() => chipCounts(services, view, needy), [services, view, needy]);
  return {
    columns,
    apps,
    counts,
    ...host,
    total: columns.reduce((sum, column) => sum + column.listed, 0),
    unknown: services.filter((service) => service.stale !== null && service.listed).length,
  };
}

/** What the rows need of the host; its readings change every other second and concern only the strip. */
function useHostFacts(): { host: string; hostTotal: number | null } {
  return {
    host: useKey("host", (store) => store.host()?.name ?? "this server"),
    hostTotal: useKey("host", (store) => store.host()?.memory?.total ?? null),
  };
}

/** A phone opens where something is wrong, else at the first supervisor that is there. */
function firstHelm(columns: readonly Column[]): Helm {
  const wrong = columns.find((column) => column.counts.some((count) => count.tone === "fail"));
  return (wrong ?? columns.find((column) => column.listed > 0) ?? columns[0])?.helm ?? "systemd";
}

interface NoMatchProps {
  view: BoardView;
  host: string;
  columns: readonly Column[];
  onClear: () => void;
  onAll: () => void;
}

const STATE_WORD = { all: "", needs: "needs you", running: "runs", stopped: "is stopped" } as const;

/** Repeats the filter, says where it looked, offers the way out. */
function NoMatch({ view, host, columns, onClear, onAll }: NoMatchProps) {
  const looked = columns.reduce((sum, column) => sum + column.listed, 0);
  const hidden = columns.reduce((sum, column) => sum + column.hiddenMatches, 0);
  const state = STATE_WORD[view.state];
  const title = view.q ? `No service ${state ? `that ${state} ` : ""}matches “${view.q}”` : `No service ${state}`;
  return (
    <Panel>
      <EmptyNote
        title={title}
        text={
          view.q
            ? `Looked at names, ports, images and states of ${plural(looked, "service")} on ${host}.`
            : `Looked at ${plural(looked, "service")} on ${host}.`
        }
      >
        <Button onClick={onClear}>
          {view.q ? "Clear filter" : "Show all"}
          <Kbd>esc</Kbd>
        </Button>
        {hidden > 0 ? (
          <Button variant="ghost" onClick={onAll}>
            Look at all units too: {plural(hidden, "match", "matches")}
          </Button>
        ) : null}
      </EmptyNote>
    </Panel>
  );
}
