"use client";

import { useEffect, useEffectEvent } from "react";
import type { Code, Episode, Link } from "#lib/relay/shapes.ts";
import { useLiveEvent } from "@/components/shell/live.ts";
import { useReading } from "@/components/shell/use-reading.ts";

/** The server reads every log along while somebody looks: it is asked again before it would think that nobody does. */
const STILL_HERE = 20_000;
/** no event tells that a link was opened */
const OPENINGS = 5000;

export function useCodes() {
  const reading = useReading<{ items: Code[]; episodes: Episode[] }>("/relay/codes");
  useNews(reading.reload, STILL_HERE);
  return reading;
}

/** For who may act on services: others have no links. */
export function useLinks() {
  const reading = useReading<{ items: Link[] }>("/relay/links");
  useNews(reading.reload, OPENINGS);
  return reading;
}

function useNews(reload: () => void, every: number): void {
  const onNews = useEffectEvent(reload);
  useLiveEvent("code", reload);
  useLiveEvent("snapshot", reload);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && onNews(), every);
    return () => clearInterval(timer);
  }, [every]);
}

/** Addresses of links made in this tab: the server keeps no more than a hash, so they are told once. */
const made = new Map<string, string>();

export function keepAddress(id: string, url: string): void {
  made.set(id, url);
}

export function addressOf(id: string): string | null {
  return made.get(id) ?? null;
}
