"use client";

import { Layers, Pause, Play, WrapText } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import type { LogSourceEntry } from "#lib/logs/source-shapes.ts";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { useCommands } from "@/components/shell/commands.tsx";
import { say } from "@/components/shell/toast.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { AttachDialog } from "./attach-dialog.tsx";
import { FieldChips } from "./field-chips.tsx";
import { countsOf } from "./histogram.ts";
import { type HistogramHandle, HistogramStrip } from "./histogram-strip.tsx";
import { LevelSwitches } from "./level-switches.tsx";
import { LiveButton } from "./live-button.tsx";
import { LogButtons } from "./log-buttons.tsx";
import { LogLines } from "./log-lines.tsx";
import { sourceWords } from "./log-states.tsx";
import { type LogView, USUAL_RANGE } from "./log-view.ts";
import { RangeMenu } from "./range-menu.tsx";
import { SavedViewsList } from "./saved-views-list.tsx";
import { SearchField } from "./search-field.tsx";
import { SourceRail } from "./source-rail.tsx";
import { useHistogram } from "./use-histogram.ts";
import { useJumps } from "./use-jumps.ts";
import { useLogChoice } from "./use-log-choice.ts";
import { useLogKeys } from "./use-log-keys.ts";
import { useLogSources } from "./use-log-sources.ts";
import { useLog } from "./use-log-store.ts";
import { useLogTaste, useLogView } from "./use-log-view.ts";
import { useViewer } from "./use-viewer.ts";

interface LogsPageProps {
  /** what the address asks for */
  first: LogView;
  /** sources that are no services */
  firstSources: readonly LogSourceEntry[];
  /** files may be added and taken away */
  mayConfigure: boolean;
}

/** The logs of any services on one timeline. */
export function LogsPage({ first, firstSources, mayConfigure }: LogsPageProps) {
  const [view, change] = useLogView(first, USUAL_RANGE);
  const [taste, onTaste] = useLogTaste();
  const { entries, attach, remove } = useLogSources(firstSources);
  const { sources, ids, chosen, isFull, looks } = useLogChoice(view, entries);
  const viewer = useViewer(view, change, ids, USUAL_RANGE);
  const { store, list } = viewer;
  const isLoading = useLog(store, (it) => it.status.phase === "loading");
  const histo = useHistogram(viewer.ask, ids.length === 0 || isLoading);
  const counts = useMemo(() => (histo ? countsOf(histo.bars) : {}), [histo]);
  const jumps = useJumps(viewer, histo?.jumps ?? null);
  const strip = useRef<HistogramHandle>(null);
  const [dialog, setDialog] = useState<"sources" | "attach" | null>(null);

  const choose = (services: string[]) => change({ services: services.length === sources.length ? [] : services });
  const onSeen = useCallback(() => {
    const seen = list.current?.seen();
    const from = seen && store.ring.at(seen.first)?.time;
    const to = seen && store.ring.at(seen.last)?.time;
    if (from && to) strip.current?.mark(Date.parse(from), Date.parse(to));
  }, [list, store]);
  const removeSource = (id: string) => {
    remove(id).catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
      say({ tone: "fail", title: "The source was not removed", text: error.detail || error.message });
    });
  };
  const rail = (
    <>
      <SourceRail
        {...{ sources, chosen, isFull, looks }}
        counts={histo?.services ?? null}
        onChoose={choose}
        onAttach={mayConfigure ? () => setDialog("attach") : null}
        onRemove={mayConfigure ? removeSource : null}
      />
      <SavedViewsList view={view} onView={change} />
    </>
  );

  useLogKeys({ viewer, view, change, taste, onTaste, digits: true, jumps });
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
          <SearchField viewer={viewer} view={view} onChange={change} />
          <div className="contents max-sm:-mx-3 max-sm:flex max-sm:w-screen max-sm:gap-1.5 max-sm:overflow-x-auto max-sm:px-3">
            <Button
              size="sm"
              icon={<Layers aria-hidden="true" />}
              onClick={() => setDialog("sources")}
              className="md:hidden max-sm:h-8 max-sm:rounded-full"
            >
              {plural(ids.length, "source")}
            </Button>
            <LevelSwitches shown={view.levels} counts={counts} onChange={(levels) => change({ levels, line: null })} />
            <span className="flex-1 max-sm:hidden" />
            <RangeMenu range={view.range} times={taste.times} onChange={(range) => change({ range, line: null })} />
            <LogButtons viewer={viewer} taste={taste} onTaste={onTaste} />
          </div>
          <span className="max-sm:hidden">
            <LiveButton store={store} onLive={viewer.goLive} />
          </span>
        </div>
        <FieldChips fields={view.fields} onChange={(fields) => change({ fields, line: null })} />
        <HistogramStrip
          histo={histo}
          looks={looks}
          times={taste.times}
          zoomed={view.range !== null && "since" in view.range}
          onZoom={(range) => change({ range, line: null })}
          onZoomOut={() => change({ range: USUAL_RANGE, line: null })}
          handle={strip}
          jumps={jumps}
        />
        <LogLines
          {...{ viewer, view, change, taste, looks, jumps, onSeen }}
          mixed
          label="Merged log"
          what={sourceWords(ids.map((id) => looks.get(id)?.name ?? id))}
        />
      </section>
      <Dialog open={dialog === "sources"} onClose={() => setDialog(null)} title="Sources">
        <div className="-mx-4 max-h-[60dvh] overflow-y-auto">{rail}</div>
      </Dialog>
      <AttachDialog
        open={dialog === "attach"}
        onClose={() => setDialog(null)}
        attach={attach}
        services={sources.filter(({ helm }) => helm !== "host")}
      />
    </div>
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
