"use client";

import { ArrowDown, PauseIcon } from "lucide-react";
import { plural } from "#lib/format/plural.ts";
import { Button } from "@/components/ui/button.tsx";
import { formatExactCount } from "./count-words.ts";
import type { LogStore } from "./log-store.ts";
import { formatLogTime, type TimeStyle } from "./log-time.ts";
import { useLog } from "./use-log-store.ts";

/** Where the view stands, how much came since, and the way back. */
export function ResumeBar({ store, times, onLive }: { store: LogStore; times: TimeStyle; onLive: () => void }) {
  const { phase, paused, pausedAt, waiting, cut } = useLog(store, (it) => it.status);
  if (!paused || phase === "still" || phase === "loading" || phase === "refused") return null;
  const at = pausedAt === null ? null : formatLogTime(pausedAt, times === "utc" ? "utc" : "local", 0).slice(0, 8);
  return (
    <div className="flex h-[42px] flex-none items-center gap-3.5 border-t border-border-strong bg-popover pr-2 pl-5 whitespace-nowrap max-sm:h-14 max-sm:gap-1.5 max-sm:pl-3.5">
      <span className="inline-flex items-center gap-[7px] text-muted-foreground">
        <PauseIcon aria-hidden="true" className="size-3.5" />
        <span>Paused{at === null ? "" : <span className="max-sm:hidden"> at {at}</span>}</span>
      </span>
      <span className="font-medium">
        {waiting === 0
          ? cut
            ? "Newer lines below"
            : "No newer lines yet"
          : `${formatExactCount(waiting)} ${plural(waiting, "newer line").replace(/^\d+ /, "")}`}
      </span>
      <Button
        variant="filled"
        size="sm"
        icon={<ArrowDown aria-hidden="true" />}
        onClick={onLive}
        className="ml-auto max-sm:h-11 max-sm:px-4 max-sm:text-14"
      >
        <span className="max-sm:hidden">Resume live</span>
        <span className="sm:hidden">Live</span>
      </Button>
    </div>
  );
}
