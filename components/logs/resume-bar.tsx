"use client";

import { ArrowDown, PauseIcon, SkipBack } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { formatExactCount } from "./count-words.ts";
import type { LogStore } from "./log-store.ts";
import { formatLogTime, type TimeStyle } from "./log-time.ts";
import type { Jumps } from "./use-jumps.ts";
import { useLog } from "./use-log-store.ts";

interface ResumeBarProps {
  store: LogStore;
  times: TimeStyle;
  jumps: Jumps;
  onLive: () => void;
}

/** Where the view stands, how much came since, and the way back. */
export function ResumeBar({ store, times, jumps, onLive }: ResumeBarProps) {
  const { phase, paused, pausedAt, waiting, cut } = useLog(store, (it) => it.status);
  if (!paused || phase === "still" || phase === "loading" || phase === "refused") return null;
  const at = pausedAt === null ? null : formatLogTime(pausedAt, times === "utc" ? "utc" : "local", 0).slice(0, 8);
  return (
    <div className="flex h-[42px] flex-none items-center gap-3.5 border-t border-border-strong bg-popover pr-2 pl-5 whitespace-nowrap max-sm:h-14 max-sm:gap-1.5 max-sm:pl-3.5">
      <span className="inline-flex items-center gap-[7px] text-muted-foreground">
        <PauseIcon aria-hidden="true" className="size-3.5" />
        <span>Paused{at === null ? "" : <span className="max-sm:hidden"> at {at}</span>}</span>
      </span>
      <span className="font-medium">{newerWords(waiting, cut)}</span>
      <IconButton label="Previous restart" look="touch" onClick={jumps.previous} className="ml-auto sm:hidden">
        <SkipBack aria-hidden="true" />
      </IconButton>
      <Button
        variant="filled"
        size="sm"
        icon={<ArrowDown aria-hidden="true" />}
        onClick={onLive}
        className="sm:ml-auto max-sm:h-11 max-sm:px-4 max-sm:text-14"
      >
        <span className="max-sm:hidden">Resume live</span>
        <span className="sm:hidden">Live</span>
      </Button>
    </div>
  );
}

function newerWords(waiting: number, cut: boolean): ReactNode {
  if (waiting === 0) return cut ? "Newer lines below" : "No newer lines yet";
  return (
    <>
      {formatExactCount(waiting)} newer<span className="max-sm:hidden"> {waiting === 1 ? "line" : "lines"}</span>
    </>
  );
}
