"use client";

import { useSyncExternalStore } from "react";

/** What this browser keeps under a name, in every part of the page that shows it; null before and until it is there. */
export function useStored(key: string): string | null {
  return useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => null,
  );
}

export function store(key: string, text: string): void {
  localStorage.setItem(key, text);
  window.dispatchEvent(new Event(CHANGED));
}

const CHANGED = "log-stored";

function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener);
  // another tab's
  window.addEventListener("storage", listener);
  return () => {
    window.removeEventListener(CHANGED, listener);
    window.removeEventListener("storage", listener);
  };
}
