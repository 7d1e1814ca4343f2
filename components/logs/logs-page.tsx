"use client";

import { Layers, Pause, Play, WrapText } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import type { Service } from "#lib/services/service.ts";
import { useCommands } from "@/components/shell/commands.tsx";
import { useServices } from "@/components/shell/live.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { helmOf } from "@/components/ui/helm-icon.tsx";
import { FieldChips } from "./field-chips.tsx";
import { countsOf } from "./histogram.ts";
import { type HistogramHandle, HistogramStrip } from "./histogram-strip.tsx";
import { hitWords } from "./hit-words.ts";
import { LevelSwitches } from "./level-switches.tsx";
import { LiveButton } from "./live-button.tsx";
import { LogButtons } from "./log-buttons.tsx";
import { LogLines } from "./log-lines.tsx";
import { sourceWords } from "./log-states.tsx";
import { type LogView, USUAL_RANGE } from "./log-view.ts";
import { RangeMenu } from "./range-menu.tsx";
import { SearchField } from "./search-field.tsx";
import { SourceRail } from "./source-rail.tsx";
import { sourceLooks } from "./source-shades.ts";
import { useHistogram } from "./use-histogram.ts";
import { useLogKeys } from "./use-log-keys.ts";
import { useLog } from "./use-log-store.ts";
import { useLogTaste, useLogView } from "./use-log-view.ts";
import { useViewer } from "./use-viewer.ts";

/** The API merges so many at most. */
const MOST = 50;

/** The logs of any services on one timeline. `first`: what the address asks for. */
export function LogsPage({ first }: { first: LogView }) {
  const [view, change] = useLogView(first, USUAL_RANGE);
  const [taste, onTaste] = useLogTaste();
  const { sources, ids, chosen, looks } = useSources(view);
  const viewer = useViewer(view, change, ids, USUAL_RANGE);
  const { store, list, matches, selection } = viewer;
  const histo = useHistogram(viewer.ask, ids.length === 0);
  const counts = useMemo(() => (histo ? countsOf(histo.bars) : {}), [histo]);
  const strip = useRef<HistogramHandle>(null);
  const [choosing, setChoosing] = useState(false);
  const more = useLog(store, (it) => it.status.older !== "none");

  const choose = (services: string[]) => change({ services: services.length === sources.length ? [] : services });
  const onSeen = useCallback(() => {
    const seen = list.current?.seen();
    const from = seen && store.ring.at(seen.first)?.time;
    const to = seen && store.ring.at(seen.last)?.time;
    if (from && to) strip.current?.mark(Date.parse(from), Date.parse(to));
  }, [list, store]);
  const rail = <SourceRail sources={sources} chosen={chosen} looks={looks} onChoose={choose} />;

  useLogKeys({ viewer, view, change, taste, onTaste, digits: true });
  useLogCommands(viewer.store, viewer.goLive, () => onTaste({ wrap: !taste.wrap }));
  return (
    <div
      data-fill
      className="grid min-h-0 flex-1 md:grid-cols-[248px_minmax(0,1fr)] max-md:h-[calc(100dvh-76px)] max-sm:h-[calc(100dvh-116px)] max-md:flex-none"
    >
      <h1 className="sr-only">Logs</h1>
      <aside aria-label="Sources" className="overflow-y-auto border-r border-border bg-card py-3 max-md:hidden">
        {rail}
      </aside>
      <section aria-label="Merged log" className="relative flex min-h-0 min-w-0 flex-col bg-inset">
        <div className="flex min-h-12 flex-none flex-wrap items-center gap-2 border-b border-hairline bg-background px-4 py-2 max-sm:gap-x-1.5 max-sm:border-border max-sm:px-3">
          <SearchField
            view={view}
            onChange={change}
            field={viewer.field}
            hits={hitWords({ ...viewer, head: selection?.head ?? null, matches, more })}
            onNext={viewer.next}
            onPrevious={viewer.previous}
          />
          <div className="contents max-sm:-mx-3 max-sm:flex max-sm:w-screen max-sm:gap-1.5 max-sm:overflow-x-auto max-sm:px-3">
            <Button
              size="sm"
              icon={<Layers aria-hidden="true" />}
              onClick={() => setChoosing(true)}
              className="md:hidden max-sm:h-8 max-sm:rounded-full"
            >
              {plural(ids.length, "source")}
            </Button>
            <LevelSwitches shown={view.levels} counts={counts} onChange={(levels) => change({ levels, line: null })} />
            <span className="flex-1 max-sm:hidden" />
            <RangeMenu range={view.range} times={taste.times} onChange={(range) => change({ range, line: null })} />
            <LogButtons ask={viewer.ask} taste={taste} onTaste={onTaste} />
          </div>
          <span className="max-sm:hidden">
            <LiveButton store={store} onLive={viewer.goLive} />
          </span>
        </div>
        <FieldChips fields={view.fields} onChange={(fields) => change({ fields, line: null })} />
        <HistogramStrip
          histo={histo}
          times={taste.times}
          zoomed={view.range !== null && "since" in view.range}
          onZoom={(range) => change({ range, line: null })}
          onZoomOut={() => change({ range: USUAL_RANGE, line: null })}
          handle={strip}
        />
        <LogLines
          viewer={viewer}
          view={view}
          change={change}
          taste={taste}
          looks={looks}
          mixed
          label="Merged log"
          what={sourceWords(ids.map((id) => looks.get(id)?.name ?? id))}
          onSeen={onSeen}
        />
      </section>
      <Dialog open={choosing} onClose={() => setChoosing(false)} title="Sources">
        <div className="max-h-[60dvh] overflow-y-auto">{rail}</div>
      </Dialog>
    </div>
  );
}

/** What can be chosen: what is on the board, and whatever the address names beside it. */
function useSources(view: LogView) {
  const services = useServices();
  const key = JSON.stringify([view.services, services.filter(isListed).map(({ id }) => id)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a service that changes its state is the same source
  return useMemo(() => {
    const named = new Set(view.services);
    const sources = services.filter((service) => isListed(service) || named.has(service.id)).sort(byHelm);
    const ids = (named.size > 0 ? [...named] : sources.map(({ id }) => id)).slice(0, MOST);
    const chosen = new Set(ids);
    // the chosen ones take the shades in turn: those are the neighbours that have to be told apart
    const looks = new Map([...sourceLooks(sources), ...sourceLooks(sources.filter(({ id }) => chosen.has(id)))]);
    return { sources, ids, chosen, looks };
  }, [key]);
}

const ORDER = { systemd: 0, pm2: 1, docker: 2 };

function isListed({ listed, pinned, state }: Service): boolean {
  return listed || pinned || state === "failed";
}

function byHelm(one: Service, other: Service): number {
  return (
    ORDER[helmOf(one.supervisor)] - ORDER[helmOf(other.supervisor)] ||
    (one.group ?? "~").localeCompare(other.group ?? "~") ||
    one.name.localeCompare(other.name)
  );
}

function useLogCommands(store: ReturnType<typeof useViewer>["store"], goLive: () => void, wrap: () => void): void {
  const paused = useLog(store, (it) => it.status.paused);
  useCommands([
    paused
      ? { id: "log-live", label: "Resume the log", icon: Play, keyName: " ", run: goLive }
      : { id: "log-pause", label: "Pause the log", icon: Pause, keyName: " ", run: () => store.pause() },
    { id: "log-wrap", label: "Wrap long lines", icon: WrapText, keyName: "w", run: wrap },
  ]);
}
