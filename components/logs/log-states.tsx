"use client";

import { LockKeyhole, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { formatClock } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { useKeys } from "@/components/shell/keys.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import type { LogStore } from "./log-store.ts";
import { formatLogTime } from "./log-time.ts";
import { LEVEL_GROUPS, type LogRange, type LogView, THIS_BOOT } from "./log-view.ts";
import { MARKER } from "./marker-row.tsx";
import { RANGE_NAME } from "./range-menu.tsx";
import { useLastLine } from "./use-last-line.ts";
import { useLog } from "./use-log-store.ts";
import type { Viewer } from "./use-viewer.ts";

export interface LogStateProps {
  viewer: Viewer;
  view: LogView;
  change: (change: Partial<LogView>) => void;
  /** `vaultwarden`, `9 sources` */
  what: string;
}

/** In place of lines: none yet, none that match, none that may be read. */
export function NoLines({ viewer, view, change, what }: LogStateProps) {
  const { store } = viewer;
  const { phase, problem } = useLog(store, (it) => it.status);
  const size = useLog(store, (it) => it.ring.size);
  if (size > 0) return null;
  if (phase === "loading") return <LinesSkeleton />;
  if (phase === "refused") {
    return (
      <Card
        title={
          problem?.status === 403 || problem?.code === "action_failed"
            ? "Reading without permission"
            : "This log cannot be read"
        }
        icon={<LockKeyhole aria-hidden="true" className="icon text-muted-foreground" />}
        text={problem?.detail || problem?.message || "Trihelm did not say why."}
        literal
      >
        <Button onClick={() => store.retryNow()}>Try again</Button>
      </Card>
    );
  }
  if (phase === "lost") return null;
  return <NothingFound viewer={viewer} view={view} change={change} what={what} />;
}

function NothingFound({ viewer, view, change, what }: LogStateProps) {
  const search = view.only && view.q !== "" ? view.q : null;
  const isFiltered = search !== null || view.fields.length > 0 || view.levels.length < LEVEL_GROUPS.length;
  const where = rangeWords(view.range);
  const last = useLastLine(viewer.ask.services, !isFiltered && where !== null);
  const widen =
    view.range === null ? null : "last" in view.range && view.range.last !== "7d" ? WIDER[view.range.last] : null;
  const clear = () => change({ q: "", only: false, fields: [], levels: LEVEL_GROUPS });
  useKeys("page", [{ keys: ["Escape"], label: "Clear the filter", off: !isFiltered, run: clear }]);
  return (
    <Card
      className="after-moment"
      title={
        search !== null
          ? `No line matches “${search}”`
          : isFiltered
            ? "No line passes the filter"
            : where === null
              ? "No lines yet"
              : `No lines ${where}`
      }
      text={
        isFiltered
          ? `Looked at ${what}${where === null ? ", as far back as it goes" : ` ${where}`}.`
          : where === null
            ? `What ${what} prints appears here at once.`
            : last.time === null
              ? `${what} ${last.known ? "has written nothing yet" : "wrote nothing in that time"}.`
              : `${what} last wrote ${formatLogTime(last.time, "relative", Date.now())}, at ${formatClock(last.time)}.`
      }
    >
      {isFiltered ? (
        <Button onClick={clear}>
          Clear filter <Kbd>esc</Kbd>
        </Button>
      ) : null}
      {view.range === null ? null : (
        <Button variant={isFiltered ? "ghost" : "default"} onClick={() => change({ range: null, line: null })}>
          {isFiltered ? "Search everything" : "Go to last line"}
        </Button>
      )}
      {widen ? (
        <Button variant="ghost" onClick={() => change({ range: { last: widen }, line: null })}>
          Widen to {RANGE_NAME[widen]}
        </Button>
      ) : null}
    </Card>
  );
}

const WIDER = { "15m": "1d", "30m": "1d", "1h": "1d", "6h": "1d", "1d": "7d" } as const;

function rangeWords(range: LogRange): string | null {
  if (range === null) return null;
  if ("last" in range) return `in the last ${RANGE_NAME[range.last]}`;
  if ("boot" in range) return range.boot === THIS_BOOT ? "since the last boot" : "in that boot";
  return `from ${formatClock(range.since)} to ${formatClock(range.until)}`;
}

interface CardProps {
  title: string;
  text: string;
  literal?: boolean;
  icon?: ReactNode;
  className?: string;
  children: ReactNode;
}

function Card({ title, text, literal, icon, className, children }: CardProps) {
  return (
    <div className={`absolute inset-x-0 top-0 grid justify-items-start gap-1 px-6 pt-7 font-sans ${className ?? ""}`}>
      <p className="flex items-center gap-2 text-14 font-semibold [overflow-wrap:anywhere]">
        {icon}
        {title}
      </p>
      <p
        className={`max-w-[60ch] text-pretty text-muted-foreground [overflow-wrap:anywhere] ${literal ? "font-mono text-12 leading-5" : "text-13"}`}
      >
        {text}
      </p>
      <div className="mt-3 flex flex-wrap gap-1.5">{children}</div>
    </div>
  );
}

/** After the newest line: that nothing more comes, and why. */
export function LogEnd({ store }: { store: LogStore }) {
  const { phase, nextTryAt, problem } = useLog(store, (it) => it.status);
  const newest = useLog(store, (it) => it.ring.at(it.ring.end - 1)?.time ?? null);
  if (phase === "lost") return <Lost nextTryAt={nextTryAt} onRetry={() => store.retryNow()} />;
  if (phase !== "ended" && (phase !== "refused" || newest === null)) return null;
  return (
    <div className={`${MARKER} before:bg-fail`}>
      <Unplug aria-hidden="true" className="size-[13px] flex-none stroke-2 text-fail" />
      <span className="flex-none font-medium">Stream ended</span>
      <span className="truncate text-muted-foreground">
        {phase === "refused"
          ? problem?.detail
          : newest === null
            ? null
            : `Its source closed it after ${formatClock(newest)}`}
      </span>
      <Again onClick={() => store.retryNow()} />
    </div>
  );
}

function Lost({ nextTryAt, onRetry }: { nextTryAt: number | null; onRetry: () => void }) {
  useNow("second");
  const wait = nextTryAt === null ? 0 : Math.ceil((nextTryAt - Date.now()) / 1000);
  return (
    <div className={`${MARKER} before:bg-fail`}>
      <Unplug aria-hidden="true" className="size-[13px] flex-none stroke-2 text-fail" />
      <span className="flex-none font-medium">Stream lost</span>
      <span className="truncate text-muted-foreground">
        {wait > 0 ? `Trying again in ${wait} s; no line is skipped` : "Trying again"}
      </span>
      <Again onClick={onRetry} />
    </div>
  );
}

function Again({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="ghost" size="sm" onClick={onClick} className="ml-auto h-[22px] max-sm:h-[26px]">
      Try now
    </Button>
  );
}

const WIDTHS = ["w-[62%]", "w-[38%]", "w-[54%]", "w-[46%]", "w-[70%]", "w-[32%]", "w-[58%]", "w-[44%]"];

function LinesSkeleton() {
  return (
    <div aria-hidden="true" className="absolute inset-x-0 top-0 px-5 pt-1.5">
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-5 items-center gap-3">
          <Skeleton className="h-2 w-[84px]" />
          <Skeleton className="h-2 w-[120px] max-sm:w-16" />
          <span className={width}>
            <Skeleton className="h-2 w-[400px]" />
          </span>
        </div>
      ))}
    </div>
  );
}

/** `1 source`, `9 sources`; the name where there is one. */
export function sourceWords(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : plural(names.length, "source");
}
