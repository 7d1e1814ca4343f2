/** What happened before an end, newest first: an order in time, and never a cause. */
import { decoded } from "#lib/format/decoded.ts";
import { formatDuration } from "#lib/format/duration.ts";
import type { Kept } from "../events/store.ts";
import { isFailure } from "./end.ts";
import type { Cause } from "./shapes.ts";

type Before = Cause["before"][number];

/** A file that says how the service runs, and when it was written last. */
export interface Written {
  path: string;
  /** milliseconds since the epoch */
  at: number;
}

/** milliseconds: failures of others, changes of the service itself, a restart of the machine */
const OTHERS = 60_000;
const CHANGES = 86_400_000;
const REBOOT = 600_000;
const MOST = 8;

/** How far back `happened` has to reach. */
export const LOOK_BACK = CHANGES;

/** `related`: a service that the explanation names; what is told of it and of the service itself is never left out for others. */
export function cameBefore(
  { service, at, related }: { service: string; at: string; related: string | null },
  happened: readonly Kept[],
  written: readonly Written[],
): Before[] {
  const end = Date.parse(at);
  const host = service.slice(0, service.indexOf("/"));
  const found: Before[] = [];
  const others = new Map<string, Kept[]>();
  const within = (one: Kept, milliseconds: number) => {
    const ago = end - Date.parse(one.at);
    return ago >= 0 && ago <= milliseconds;
  };
  for (const one of happened) {
    if (one.service === host) {
      if (one.kind === "rebooted" && within(one, REBOOT)) found.push(before(one, "this server was restarted", end));
    } else if (one.service === service) {
      const words = within(one, CHANGES) ? ownChange(one) : null;
      if (words) found.push(before(one, words, end));
    } else if (within(one, OTHERS) && isOver(one)) others.set(one.service, [...(others.get(one.service) ?? []), one]);
  }
  for (const [id, ends] of others) found.push(otherEnds(id, ends, end));
  for (const { path, at: time } of written)
    if (time <= end && end - time <= CHANGES)
      found.push({ at: new Date(time).toISOString(), service: null, words: `${path} was written ${ago(time, end)}` });
  const newestFirst = (a: Before, b: Before) => (a.at < b.at ? 1 : -1);
  const isNear = (one: Before) => one.service === null || one.service === related;
  const near = found.filter(isNear).sort(newestFirst).slice(0, MOST);
  const far = found.filter((one) => !isNear(one)).sort(newestFirst);
  return [...near, ...far.slice(0, MOST - near.length)].sort(newestFirst);
}

/** It failed, or it is no longer there for others. */
function isOver(one: Kept): boolean {
  return isFailure(one) || one.kind === "stopped";
}

function otherEnds(id: string, ends: readonly Kept[], end: number): Before {
  const [last] = [...ends].sort((a, b) => (a.at < b.at ? 1 : -1)) as [Kept];
  const name = decoded(id.slice(id.lastIndexOf("/") + 1));
  // one crash is told twice: when it ended, and when it was started again
  const times = new Set(ends.map((one) => one.at)).size;
  const count = Math.max(
    times,
    ends.reduce((sum, one) => sum + (one.kind === "restarted" ? one.count : 0), 0),
  );
  const words =
    count > 1
      ? `${name} failed ${count} times, last`
      : last.kind === "stopped"
        ? `${name} was stopped${last.by === null ? "" : ` by ${last.by}`}`
        : last.kind === "unhealthy"
          ? `${name} became unhealthy`
          : last.kind === "unstarted"
            ? `${name} was not started`
            : `${name} failed`;
  return { at: last.at, service: id, words: `${words} ${ago(Date.parse(last.at), end)}` };
}

function ownChange({ kind, by, detail }: Kept): string | null {
  if (kind === "changed") return `it changed from ${detail?.from ?? "?"} to ${detail?.to ?? "?"}`;
  if (kind === "recreated") return "its container was made anew";
  if (kind === "unhealthy") return "it became unhealthy";
  return by !== null && (kind === "started" || kind === "restarted") ? `${by} ${kind} it` : null;
}

function before({ at }: Kept, words: string, end: number): Before {
  return { at, service: null, words: `${words} ${ago(Date.parse(at), end)}` };
}

function ago(time: number, end: number): string {
  const seconds = (end - time) / 1000;
  return seconds < 1 ? "less than 1 s before" : `${formatDuration(seconds)} before`;
}
