"use client";

import { Button } from "@/components/ui/button.tsx";
import { formatExactCount } from "./count-words.ts";
import { dayOf, formatDay, formatLogTime, type TimeStyle } from "./log-time.ts";
import type { LogView } from "./log-view.ts";
import { useLog } from "./use-log-store.ts";
import type { Viewer } from "./use-viewer.ts";

interface Reach {
  state: "running" | "stopped" | "full" | "failed";
  count: number;
  searchedTo: string | null;
}

/** How far back a search has come, for as long as it goes on, and the way to end it. */
export function SearchStrip({ viewer, view, times }: { viewer: Viewer; view: LogView; times: TimeStyle }) {
  const { store, far, stopFar, searchOn } = viewer;
  const progress = useLog(store, (it) => it.status.progress);
  const isStopped = useLog(store, (it) => it.status.older === "stopped");
  const size = useLog(store, (it) => (progress ? it.ring.size : 0));
  const own: Reach | null =
    progress === null
      ? null
      : { state: isStopped ? "stopped" : "running", count: size, searchedTo: progress.searchedTo };
  const reach: Reach | null =
    own ?? (view.q === "" || far.phase === "idle" || far.phase === "done" ? null : { ...far, state: far.phase });
  if (reach === null) return null;
  const stop = own ? () => store.stopSearch() : stopFar;
  const goOn = own ? () => void store.searchOn() : searchOn;
  return (
    <div
      key={own ? "own" : "far"}
      className="after-moment flex h-8 flex-none items-center gap-3 border-b border-hairline bg-background pr-2 pl-5 text-12 max-sm:h-11 max-sm:pl-3"
    >
      <span role="status" className="num truncate text-muted-foreground">
        {wordsOf(reach, times)}
      </span>
      {reach.state === "running" ? (
        <Button variant="ghost" size="sm" onClick={stop} className="ml-auto h-[22px] max-sm:h-9">
          Cancel
        </Button>
      ) : reach.state === "full" ? null : (
        <Button variant="ghost" size="sm" onClick={goOn} className="ml-auto h-[22px] max-sm:h-9">
          {own ? "Search on" : "Search again"}
        </Button>
      )}
    </div>
  );
}

function wordsOf({ state, count, searchedTo }: Reach, times: TimeStyle): string {
  const to = searchedTo === null ? null : placeWords(searchedTo, times);
  const found = count === 1 ? "1 match" : `${formatExactCount(count)} matches`;
  if (state === "full")
    return `The newest ${found}, back to ${to ?? "their first"}; a shorter time range shows the rest`;
  if (state === "failed") return `The search broke off${to === null ? "" : ` at ${to}`}, ${found}`;
  if (state === "stopped") return `Search stopped${to === null ? "" : ` at ${to}`}, ${found}`;
  return to === null ? "Searching back" : `Searched back to ${to}, ${found}`;
}

/** Clock time, with its day where that is not today. */
function placeWords(time: string, times: TimeStyle): string {
  const style = times === "utc" ? "utc" : "local";
  const clock = formatLogTime(time, style, 0).slice(0, 8);
  const day = dayOf(time, style);
  return day === dayOf(Date.now(), style) ? clock : `${formatDay(day)}, ${clock}`;
}
