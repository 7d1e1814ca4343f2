"use client";

import { useSyncExternalStore } from "react";

/**
 * Does this render in the browser, with what the server rendered already taken over? The page's policy allows no style
 * attribute in the server's HTML, so a computed length waits for this; the renderer then sets it as a property.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
