"use client";

import { type KeyBinding, useKeys } from "@/components/shell/keys.tsx";
import { useSaysPaused } from "@/components/shell/paused-sign.ts";
import { switched } from "./level-switches.tsx";
import { TIME_STYLES } from "./log-time.ts";
import { LEVEL_GROUPS, type LogView } from "./log-view.ts";
import { copyLines, copyLink } from "./take-lines.ts";
import type { Jumps } from "./use-jumps.ts";
import { useLog } from "./use-log-store.ts";
import type { LogTaste } from "./use-log-view.ts";
import type { Viewer } from "./use-viewer.ts";

export interface LogKeys {
  viewer: Viewer;
  view: LogView;
  change: (change: Partial<LogView>) => void;
  taste: LogTaste;
  onTaste: (change: Partial<LogTaste>) => void;
  /** digits switch levels: where they do not mean tabs */
  digits: boolean;
  jumps: Jumps;
}

/** The keys of a log. */
export function useLogKeys({ viewer, view, change, taste, onTaste, digits, jumps }: LogKeys): void {
  const { store, selection, field } = viewer;
  useSaysPaused(useLog(store, (it) => it.status.paused));
  const paused = useLog(store, (it) => it.status.paused || it.status.phase !== "live");
  const searches = view.q !== "";
  const levels: KeyBinding[] = LEVEL_GROUPS.map((level, n) => ({
    keys: [String(n + 1)],
    label: `Show or hide ${level}`,
    off: !digits,
    run: () => change({ levels: switched(view.levels, level) }),
  }));
  useKeys("page", [
    {
      keys: [" "],
      label: "Pause, resume",
      bar: paused ? "Resume" : "Pause",
      run: () => (paused ? viewer.goLive() : store.pause()),
    },
    {
      keys: ["/"],
      label: "Search this log",
      bar: "Search",
      run: () => {
        field.current?.focus();
        field.current?.select();
      },
    },
    { keys: ["n"], label: "Next match", bar: "Next, prev match", off: !searches, repeats: true, run: viewer.next },
    {
      keys: ["N"],
      label: "Previous match",
      bar: "Next, prev match",
      off: !searches,
      repeats: true,
      run: viewer.previous,
    },
    { keys: ["["], label: "Previous restart", bar: "Prev, next restart", repeats: true, run: jumps.previous },
    { keys: ["]"], label: "Next restart", bar: "Prev, next restart", repeats: true, run: jumps.next },
    { keys: ["j", "ArrowDown"], label: "Next line", repeats: true, run: () => viewer.move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous line", repeats: true, run: () => viewer.move(-1) },
    { keys: ["J"], label: "Select down", repeats: true, run: () => viewer.move(1, true) },
    { keys: ["K"], label: "Select up", repeats: true, run: () => viewer.move(-1, true) },
    {
      keys: ["Enter"],
      label: "Expand line",
      bar: "Expand line",
      off: !selection,
      run: () => selection && viewer.toggle(selection.head),
    },
    {
      keys: ["y"],
      label: "Copy line",
      bar: "Copy line",
      off: !selection,
      run: () => void copyLines(viewer.selectedLines()),
    },
    { keys: ["Y"], label: "Copy link to line", off: !selection, run: () => void copyLink() },
    { keys: ["w"], label: "Wrap long lines", bar: "Wrap", run: () => onTaste({ wrap: !taste.wrap }) },
    {
      keys: ["t"],
      label: "Times: local, UTC, age",
      run: () => onTaste({ times: TIME_STYLES[(TIME_STYLES.indexOf(taste.times) + 1) % TIME_STYLES.length]! }),
    },
    ...levels,
    { keys: ["Escape"], label: "Let go of the line", off: !selection, run: viewer.unselect },
  ]);
}
