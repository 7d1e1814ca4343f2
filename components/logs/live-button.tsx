"use client";

import { PauseIcon } from "lucide-react";
import { Kbd } from "@/components/ui/kbd.tsx";
import type { LogStore } from "./log-store.ts";
import { useLog } from "./use-log-store.ts";

/** Whether the lines run, and the way between running and standing. */
export function LiveButton({ store, onLive }: { store: LogStore; onLive: () => void }) {
  const { phase, paused } = useLog(store, (it) => it.status);
  const isLive = phase === "live" && !paused;
  const word = paused ? "Paused" : WORD[phase];
  return (
    <button
      type="button"
      aria-pressed={isLive}
      title={isLive ? "Pause" : "Go live"}
      onClick={() => (isLive ? store.pause() : onLive())}
      className={`inline-flex h-[26px] flex-none items-center gap-[7px] rounded-control border pr-1.5 pl-[9px] max-sm:h-8 max-sm:pr-[9px] text-12 font-medium ${
        paused ? "border-foreground bg-foreground text-background" : "border-border-strong bg-card hover:bg-accent"
      }`}
    >
      {paused ? (
        <PauseIcon aria-hidden="true" className="size-[13px]" />
      ) : (
        <span
          aria-hidden="true"
          className={`size-[7px] rounded-full ${isLive ? "bg-ok" : "border-[1.5px] border-subtle-foreground"}`}
        />
      )}
      {word}
      <Kbd className={paused ? "border-current bg-transparent text-inherit opacity-75 max-sm:hidden" : "max-sm:hidden"}>
        space
      </Kbd>
    </button>
  );
}

const WORD = { loading: "Reading", live: "Live", still: "Past", ended: "Ended", lost: "Lost", refused: "Stopped" };
