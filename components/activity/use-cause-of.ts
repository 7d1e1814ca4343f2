"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import type { Cause } from "#lib/services/causes/shapes.ts";
import type { Explained } from "@/components/services/use-happenings.ts";
import { useReading } from "@/components/shell/use-reading.ts";

/** an alert opens a moment after what it is about */
const BEFORE = 30_000;
/** the last of its failures may still be on its way into the alert */
const AFTER = 10_000;
/** a card is made a moment after its failure: so often it is looked for again */
const WAIT = 1500;
const TRIES = 4;

/** The newest card out of the time of an alert; null where its service has none of then. */
export function useCauseOf({ service, openedAt, lastAt, endedAt }: Alert): Cause | null {
  const { data, reload } = useReading<{ items: Explained[] }>(
    service === null ? null : `/services/${service}/events?limit=200`,
  );
  const [tried, setTried] = useState({ of: lastAt, times: 0 });
  const [from, to] = [Date.parse(openedAt) - BEFORE, Date.parse(endedAt ?? lastAt) + AFTER];
  const within = data?.items.find(({ at, cause }) => cause !== null && Date.parse(at) >= from && Date.parse(at) <= to);
  const cause = within?.cause ?? null;
  const times = tried.of === lastAt ? tried.times : 0;
  // with another failure of it the newest card is another; an alert of long ago has what it has
  const isBehind = data !== null && times < TRIES && (tried.of !== lastAt || (cause === null && isYoung(lastAt)));
  const again = useEffectEvent(() => {
    setTried({ of: lastAt, times: times + 1 });
    reload();
  });
  useEffect(() => {
    if (!isBehind) return;
    // another number of tries is another wait
    const timer = setTimeout(again, WAIT + times);
    return () => clearTimeout(timer);
  }, [isBehind, times]);
  return cause;
}

function isYoung(time: string): boolean {
  return Date.now() - Date.parse(time) < TRIES * WAIT + AFTER;
}
