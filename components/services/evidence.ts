import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import type { Need } from "#lib/services/service.ts";

/** The recent past of a problem on a strip that is `WIDTH` wide; the same in words for those who do not see it. */
export interface Evidence {
  kind: "line" | "checks" | "codes";
  /** where it ran, where it did not */
  run: [number, number][];
  dead: [number, number][];
  ticks: number[];
  crosses: number[];
  /** one per stretch of time, oldest first: was it bad? */
  checks: boolean[];
  /** how many blocks, the newest last */
  codes: number;
  text: string;
}

export const WIDTH = 160;
const FROM = 2;
const TO = WIDTH - 2;
const HOUR = 3_600_000;
const STRETCHES = 16;

/** `now` in milliseconds; `every`: seconds between two codes. What happened before Trihelm looked is not drawn: only what is known. */
export function evidenceOf(need: Need, now: number, every: number | null = null): Evidence {
  if (need.kind === "code") return codesOf(need, now, every);
  if (need.kind === "unhealthy") return checksOf(need, now);
  return need.kind === "restarting" ? restartsOf(need, now) : failureOf(need, now);
}

const EMPTY: Evidence = { kind: "line", run: [], dead: [], ticks: [], crosses: [], checks: [], codes: 0, text: "" };

const MOST_CODES = 8;

function codesOf({ since }: Need, now: number, every: number | null): Evidence {
  if (every === null || since === null) return { ...EMPTY, kind: "codes", codes: 1, text: "One code, not scanned yet" };
  const count = 1 + Math.floor((now - Date.parse(since)) / 1000 / every);
  const codes = Math.min(MOST_CODES, Math.max(1, count));
  return { ...EMPTY, kind: "codes", codes, text: `A fresh code every ${every} s, none scanned yet` };
}

function failureOf(need: Need, now: number): Evidence {
  const ended = need.since === null ? null : Date.parse(need.since);
  if (ended === null || now - ended >= HOUR) {
    const text = ended === null ? "Not running" : `Not running for ${formatDuration((now - ended) / 1000)}`;
    return { ...EMPTY, dead: [[FROM, TO]], text };
  }
  const at = place(ended, now, HOUR);
  return {
    ...EMPTY,
    run: at - 3 > FROM ? [[FROM, at - 3]] : [],
    dead: at + 6 < TO ? [[at + 6, TO]] : [],
    ticks: timesOf(need, "restart")
      .map((time) => place(time, now, HOUR))
      .filter((x) => x < at - 4),
    crosses: [at],
    text: `Ran until ${formatDuration((now - ended) / 1000)} ago, then stopped`,
  };
}

function restartsOf(need: Need, now: number): Evidence {
  const times = timesOf(need, "restart");
  if (times.length === 0) return { ...EMPTY, dead: [[FROM, TO]], text: "Waits to be started again" };
  const first = times[0]!;
  // the loop fills most of the strip, so that gaps that grow are seen to grow
  const span = Math.min(HOUR, Math.max(60_000, (now - first) * 1.3));
  const ticks = times.map((time) => place(time, now, span));
  return {
    ...EMPTY,
    run: [[FROM, Math.max(FROM, ticks[0]! - 2)]],
    dead: [[ticks[0]!, TO]],
    ticks,
    text: `${plural(times.length, "restart")} in the last ${formatDuration((now - first) / 1000)}`,
  };
}

function checksOf(need: Need, now: number): Evidence {
  const changes = need.evidence.filter((moment) => moment.kind === "healthy" || moment.kind === "unhealthy");
  const since = need.since === null ? null : Date.parse(need.since);
  const step = HOUR / STRETCHES;
  const checks = Array.from({ length: STRETCHES }, (_, index) => {
    const end = now - HOUR + (index + 1) * step;
    const last = changes.filter((moment) => Date.parse(moment.at) <= end).at(-1);
    if (last) return last.kind === "unhealthy";
    // before the first change known it was the other way round; with none known, `since` tells
    return changes[0] ? changes[0].kind === "healthy" : since !== null && end > since;
  });
  const text =
    since === null ? "Health checks fail" : `Health checks fail since ${formatDuration((now - since) / 1000)} ago`;
  return { ...EMPTY, kind: "checks", checks: [...checks.slice(0, -1), true], text };
}

function timesOf(need: Need, kind: Need["evidence"][number]["kind"]): number[] {
  return need.evidence.filter((moment) => moment.kind === kind).map((moment) => Date.parse(moment.at));
}

function place(time: number, now: number, span: number): number {
  const share = Math.min(1, Math.max(0, 1 - (now - time) / span));
  return Math.round((FROM + share * (TO - FROM)) * 10) / 10;
}
