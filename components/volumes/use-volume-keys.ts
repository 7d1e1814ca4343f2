"use client";

import type { RefObject } from "react";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useKeys } from "@/components/shell/keys.tsx";
import type { VolumeView } from "./volume-view.ts";

interface VolumeKeys {
  rows: RefObject<HTMLElement | null>;
  field: RefObject<HTMLInputElement | null>;
  volumes: readonly Volume[];
  view: VolumeView;
  change: (change: Partial<VolumeView>) => void;
  /** null: they may not */
  onBackUp: ((volume: Volume) => void) | null;
  onRestore: ((volume: Volume) => void) | null;
}

/** Moves through the rows, opens one, and acts on the one in focus, else on the one that is open. */
export function useVolumeKeys(keys: VolumeKeys): void {
  const { rows, field, volumes, view, change, onBackUp, onRestore } = keys;
  const move = (by: number) => {
    const all = [...(rows.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const focused = all.findIndex((row) => row.contains(document.activeElement));
    const open = all.findIndex((row) => row.dataset.row === view.volume);
    const at = focused >= 0 ? focused : open;
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
    const link = next?.querySelector("a");
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  };
  const onVolume = (run: ((volume: Volume) => void) | null) => {
    const id = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row ?? view.volume;
    const volume = volumes.find((one) => one.id === id);
    if (volume) run?.(volume);
  };
  useKeys("page", [
    { keys: ["j", "ArrowDown"], label: "Next row", bar: "Move", repeats: true, run: () => move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous row", bar: "Move", repeats: true, run: () => move(-1) },
    // a row's link opens by itself; without one in focus the key goes to where it was
    { keys: ["Enter"], label: "Open the row", bar: "Open", run: () => move(0) },
    { keys: ["b"], label: "Back up the volume", bar: "Back up", off: !onBackUp, run: () => onVolume(onBackUp) },
    { keys: ["R"], label: "Restore the volume", bar: "Restore", off: !onRestore, run: () => onVolume(onRestore) },
    {
      keys: ["/"],
      label: "Filter",
      bar: "Filter",
      run: () => {
        field.current?.focus();
        field.current?.select();
      },
    },
    {
      keys: ["Escape", "u"],
      label: "Close the volume, clear the filter",
      run: () => change(view.volume === null ? { q: "", show: "all" } : { volume: null }),
    },
  ]);
}
