"use client";

import { useMemo, useState } from "react";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { markerBeside, turnsOf } from "./histogram.ts";
import { isJump } from "./marker-words.ts";
import { readPart } from "./read-part.ts";
import type { LogJump } from "./use-histogram.ts";
import type { Viewer } from "./use-viewer.ts";

export interface Jumps {
  count: number;
  /** `2 of 17` by `turnKey`, of the restarts that were counted */
  turns: ReadonlyMap<string, string>;
  /** of the one that was gone to, from 1; null: none yet */
  place: number | null;
  next: () => void;
  previous: () => void;
  to: (jump: LogJump) => void;
  /** to what was said last before a time (RFC 3339), and to what became of the service then */
  toTime: (time: string) => void;
}

/** Pages of older lines that are read for a restart when nobody counted them. */
const PAGES = 30;
/** A supervisor tells an end a moment after the last line, in milliseconds. */
const NEAR = 50;

/** The way from restart to restart. `known`: all of the view, oldest first; null: only those among the lines are known. */
export function useJumps(viewer: Viewer, known: readonly LogJump[] | null): Jumps {
  const { store, list, selection, goTo } = viewer;
  const [reached, setReached] = useState<Pick<LogJump, "time" | "service"> | null>(null);
  const indexOf = ({ time, service }: Pick<LogJump, "time" | "service">): number | null => {
    const { ring } = store;
    for (let at = ring.end - 1; at >= ring.first; at--) {
      const line = ring.at(at);
      if (line?.marker && line.time === time && line.service === service) return at;
    }
    return null;
  };
  const to = async (jump: LogJump) => {
    setReached(jump);
    const here = indexOf(jump);
    if (here !== null) return goTo(here);
    const before = jump.cursor === "" ? null : await store.openAt(viewer.ask, jump.cursor);
    const there = indexOf(jump) ?? before;
    if (there === null) store.open();
    else goTo(there);
  };
  const toTime = async (time: string) => {
    const { signal } = new AbortController();
    const until = new Date(Date.parse(time) + NEAR).toISOString();
    const page = await readPart({ ask: viewer.ask, part: { until, tail: 1, plain: true }, most: 1, signal });
    const index = page.read[0] ? await store.openAt(viewer.ask, page.read[0].cursor) : null;
    if (index === null) return sayNone("earlier");
    // its own row stands near what was said then
    for (const at of [index, index + 1, index - 1, index + 2, index - 2]) if (isMark(viewer, at)) return arrive(at);
    arrive(index);
  };
  const last = () => list.current?.seen()?.last ?? store.ring.end - 1;
  // among the lines first: the newest are not counted yet
  const previous = async () => {
    const { ring } = store;
    let at = selection ? selection.head - 1 : last();
    for (let pages = 0; pages < PAGES; pages++) {
      for (; at >= ring.first; at--) if (isMark(viewer, at)) return arrive(at);
      if (known || store.status.older !== "unknown") break;
      await store.loadOlder();
    }
    const jump = known && markerBeside(known, timeAt(ring.first), "before");
    return jump ? to(jump) : sayNone("earlier");
  };
  const next = () => {
    const { ring } = store;
    for (let at = (selection?.head ?? last()) + 1; at < ring.end; at++) if (isMark(viewer, at)) return arrive(at);
    const jump = known && store.status.cut ? markerBeside(known, timeAt(ring.end - 1), "after") : null;
    return jump ? void to(jump) : sayNone("later");
  };
  const timeAt = (index: number) => Date.parse(store.ring.at(index)?.time ?? new Date().toISOString());
  const arrive = (index: number) => {
    const line = store.ring.at(index);
    if (line) setReached(line);
    goTo(index);
  };
  const turns = useMemo(() => turnsOf(known ?? []), [known]);
  const place = known?.findIndex(({ time, service }) => time === reached?.time && service === reached?.service) ?? -1;
  return {
    count: known?.length ?? 0,
    turns,
    place: place < 0 ? null : place + 1,
    next,
    previous: () => void previous(),
    to: (jump) => void to(jump),
    toTime: (time) => {
      toTime(time).catch((error: unknown) => {
        if (!(error instanceof ApiProblem)) throw error;
        say({ tone: "fail", title: "The log could not be read there", text: error.detail || error.message });
      });
    },
  };
}

function isMark({ store }: Viewer, index: number): boolean {
  const marker = store.ring.at(index)?.marker;
  return marker !== undefined && isJump(marker);
}

function sayNone(side: "earlier" | "later"): void {
  say({ tone: "plain", title: `No ${side} restart or exit`, text: "None is told in the lines of this view." });
}
