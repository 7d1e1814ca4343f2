"use client";

import { useCallback, useEffect, useState } from "react";
import { parseVolumeView, type VolumeView, volumeSearch } from "./volume-view.ts";

/** The view, kept in the address without a request: back, reload and a shared link show the same. */
export function useVolumeView(first: VolumeView): [VolumeView, (change: Partial<VolumeView>) => void] {
  const [view, setView] = useState(first);
  useEffect(() => {
    const reread = () => setView(parseVolumeView(window.location.search));
    window.addEventListener("popstate", reread);
    return () => window.removeEventListener("popstate", reread);
  }, []);
  const change = useCallback((part: Partial<VolumeView>) => setView((now) => ({ ...now, ...part })), []);
  useEffect(() => {
    const search = volumeSearch(view);
    if (search === window.location.search) return;
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${search}`);
  }, [view]);
  return [view, change];
}
