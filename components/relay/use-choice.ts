"use client";

import { useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { relayHref } from "@/components/shell/places.ts";
import type { RelayRow } from "./relay-rows.ts";
import { fulfils, timeOf, type Wish, wishFor } from "./uncovering.ts";

export interface Choice {
  /** of the row that is open */
  key: string | null;
  row: RelayRow | null;
  service: string | null;
  /** somebody chose it; otherwise it is open only where there is room beside the list */
  isAsked: boolean;
  shown: boolean;
  show: (shown: boolean) => void;
  select: (row: RelayRow) => void;
  close: () => void;
}

/** What is open stands in the address; whether it is covered does not outlive this view of it. */
export function useChoice(rows: readonly RelayRow[]): Choice {
  const query = useSearchParams();
  const service = query.get("service");
  const at = query.get("at");
  const [closed, setClosed] = useState(false);
  const [uncovered, setUncovered] = useState<string | null>(null);
  const [wish, setWish] = useState<Wish | null>(null);
  const asked = rows.find(
    (row) => row.service === service && (at === null ? row.code !== null : row.firstSeenAt === at),
  );
  const row = service === null ? (closed ? undefined : rows.find(({ code }) => code !== null)) : asked;
  const current = service ?? row?.service ?? null;
  const code = row?.code ?? null;
  const isWished = query.get("show") === "1";
  useEffect(() => {
    if (!isWished || service === null) return;
    setWish(wishFor(service, Date.now()));
    // the address is taken back, so that neither a reload nor a way back shows a code; not before the router listens to that
    const timer = setTimeout(() => window.history.replaceState(null, "", relayHref(service)));
    return () => clearTimeout(timer);
  }, [isWished, service]);
  useEffect(() => {
    if (wish === null || code === null || code.service !== wish.service) return;
    setWish(null);
    if (fulfils(code, wish, Date.now())) setUncovered(timeOf(code));
  }, [wish, code]);
  return {
    key: row?.key ?? null,
    row: row ?? null,
    service: current,
    isAsked: service !== null,
    shown: code !== null && uncovered === timeOf(code),
    show: (shown) => setUncovered(shown && code !== null ? timeOf(code) : null),
    select: (next) => {
      const href = relayHref(next.service, next.code ? {} : { at: next.firstSeenAt });
      // the first step leads away from the list on a phone: going back leads to it
      if (service === null) window.history.pushState(null, "", href);
      else window.history.replaceState(null, "", href);
      if (next.service !== current) setUncovered(null);
    },
    close: () => {
      setClosed(true);
      setUncovered(null);
      setWish(null);
      window.history.replaceState(null, "", "/relay");
    },
  };
}
