"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import type { Code, Episode, Link } from "#lib/relay/shapes.ts";
import { useLiveEvent } from "@/components/shell/live.ts";
import { useReading } from "@/components/shell/use-reading.ts";

/** The server reads every log along while somebody looks: it is asked again before it would think that nobody does. */
const STILL_HERE = 20_000;
/** no event tells that a link was opened */
const OPENINGS = 15_000;
const SECOND = 1000;

export function useCodes() {
  const reading = useReading<{ items: Code[]; episodes: Episode[] }>("/relay/codes");
  const { reload } = reading;
  useLiveEvent("code", reload);
  useLiveEvent("snapshot", reload);
  useEvery(STILL_HERE, reload);
  return reading;
}

/** For who may act on services: others have no links. */
export function useLinks() {
  return useReading<{ items: Link[] }>("/relay/links");
}

interface LinkNews {
  reload: () => void;
  /** somebody looks at a service's links */
  isOpen: boolean;
  /** one of them can still be opened */
  isAlive: boolean;
}

/** Reads the links again, seldom, while they are looked at and something may have happened to them. */
export function useLinkNews({ reload, isOpen, isAlive }: LinkNews): void {
  const hasNews = useRef(false);
  const askedAt = useRef(0);
  const look = () => {
    const isDue = Date.now() - askedAt.current >= OPENINGS;
    if (!isDue || !isOpen || document.hidden || !(isAlive || hasNews.current)) return;
    hasNews.current = false;
    askedAt.current = Date.now();
    reload();
  };
  const hear = () => {
    hasNews.current = true;
    look();
  };
  const onOpen = useEffectEvent(look);
  useLiveEvent("code", hear);
  useLiveEvent("snapshot", hear);
  useEffect(() => {
    // they were read when the page came
    askedAt.current = Date.now();
  }, []);
  useEffect(() => {
    if (isOpen) onOpen();
  }, [isOpen]);
  useEvery(SECOND, look);
}

/** While the page is looked at. */
function useEvery(milliseconds: number, run: () => void): void {
  const onTime = useEffectEvent(run);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && onTime(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}

/** Addresses of links made in this tab: the server keeps no more than a hash, so they are told once. */
const made = new Map<string, string>();

export function keepAddress(id: string, url: string): void {
  made.set(id, url);
}

export function addressOf(id: string): string | null {
  return made.get(id) ?? null;
}
