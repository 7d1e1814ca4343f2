"use client";

import { useEffect, useEffectEvent } from "react";
import { useLiveEvent } from "./live.ts";

interface Occasion {
  /** seconds between two readings, while somebody looks at the page */
  every: number;
  /** an event of the stream after which it is out of date */
  event?: "check" | "alert";
}

/** Reads again now and then, and soon after what makes it out of date. */
export function useReread(reload: () => void, { every, event = "alert" }: Occasion): void {
  const again = useEffectEvent(reload);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && again(), every * 1000);
    return () => clearInterval(timer);
  }, [every]);
  useLiveEvent(event, reload);
  useLiveEvent("snapshot", reload);
}
