"use client";

import { CirclePlay, CircleX, QrCode, Replace, RotateCw, Scissors, Square } from "lucide-react";
import Link from "next/link";
import { cn } from "#lib/format/cn.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import type { LogLine, LogMarker } from "#lib/logs/line.ts";
import { useKey } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { relayHref } from "@/components/shell/places.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { formatLogTime, type TimeStyle } from "./log-time.ts";
import { MARKER_WORD, markerDetail } from "./marker-words.ts";
import { lineCount, type Message } from "./message.ts";

export const MARKER =
  "relative my-0.5 flex h-[26px] items-center gap-2 border-y border-border bg-card pr-4 pl-5 font-sans text-12 leading-none before:absolute before:-inset-y-px before:left-0 before:w-[3px] before:bg-helm max-sm:pr-3 max-sm:pl-[15px]";
const SELECTED = "bg-accent shadow-[inset_0_0_0_1px_var(--border-strong)]";
/** where there is one source its bar says nothing */
const ALONE = "before:hidden";
const ICON = "size-[13px] flex-none stroke-2";

/** seconds that a code lasts at most where its rotation is not known, and milliseconds that this clock may be behind */
const LONG = 600;
const GRACE = 20_000;

const SIGN: Record<LogMarker["kind"], { icon: typeof CircleX; tone: string }> = {
  started: { icon: CirclePlay, tone: "text-muted-foreground" },
  exited: { icon: Square, tone: "text-muted-foreground" },
  failed: { icon: CircleX, tone: "text-fail" },
  restarted: { icon: RotateCw, tone: "text-fail" },
  recreated: { icon: Replace, tone: "text-muted-foreground" },
};

interface MarkerRowProps {
  line: LogLine;
  marker: LogMarker;
  /** whose it is, where several are shown */
  name: string | undefined;
  times: TimeStyle;
  /** `2 of 17`, of restarts */
  turn: string | undefined;
  selected: boolean;
}

/** Where a service began, ended or began again. */
export function MarkerRow({ line, marker, name, times, turn, selected }: MarkerRowProps) {
  const { icon: Icon, tone } = SIGN[marker.kind];
  return (
    <div className={cn(MARKER, name === undefined && ALONE, selected && SELECTED)}>
      <Icon aria-hidden="true" className={cn(ICON, tone)} />
      {name === undefined ? null : <b className="truncate font-mono font-medium text-helm">{name}</b>}
      <span className="flex-none font-medium">{turn === undefined ? MARKER_WORD[marker.kind] : `restart ${turn}`}</span>
      <span className="truncate leading-4 text-muted-foreground">{markerDetail(marker, line.text)}</span>
      <time
        dateTime={line.time}
        title={formatExact(line.time)}
        className="num ml-auto flex-none text-subtle-foreground max-sm:hidden"
      >
        {formatLogTime(line.time, times === "utc" ? "utc" : "local", 0).slice(0, 8)}
      </time>
    </div>
  );
}

/** Lines that are not here, counted: what the source lost, or what came faster than it could be read. */
export function GapRow({ line, name }: { line: LogLine; name: string | undefined }) {
  return (
    <div className={cn(MARKER, name === undefined && ALONE)}>
      <Scissors aria-hidden="true" className={cn(ICON, "text-warn")} />
      {name === undefined ? null : <b className="font-mono font-medium text-helm">{name}</b>}
      <span className="font-medium">
        {line.gap?.lines
          ? `${line.gap.lines.toLocaleString("en-GB")} lines are missing here`
          : "Lines are missing here"}
      </span>
      <span className="truncate leading-4 text-muted-foreground">{line.gap?.reason ?? line.text}</span>
    </div>
  );
}

/** The code that it asks to scan now, most likely: older ones can be seen no more. */
function useIsAsking({ service, time }: Message): boolean {
  const mayAct = useMay("act");
  const lasts = useKey(`service:${service}`, (store) => {
    const code = store.service(service)?.code;
    return code ? (code.every ?? LONG) * 1000 + GRACE : 0;
  });
  const age = useNow() - Date.parse(time);
  return mayAct && age < lasts;
}

interface PictureRowProps {
  line: Message;
  mixed: boolean;
  name: string;
  selected: boolean;
}

/** What was drawn, as one row. The list hears the press. */
export function PictureRow({ line, mixed, name, selected }: PictureRowProps) {
  const isAsking = useIsAsking(line);
  return (
    <div
      className={cn(
        MARKER,
        "h-9",
        mixed ? "pl-[124px] max-sm:pl-[15px]" : cn(ALONE, "pl-5 max-sm:pl-3"),
        selected && SELECTED,
      )}
    >
      {mixed ? <span className="mr-1 w-40 truncate font-mono leading-4 text-helm max-sm:w-auto">{name}</span> : null}
      <QrCode aria-hidden="true" className="icon flex-none" />
      <span className="font-medium">QR code</span>
      <span className="truncate leading-4 text-muted-foreground">{lineCount(line)} lines folded</span>
      <button
        type="button"
        data-unfold
        aria-expanded={false}
        className={buttonStyle({ size: "sm", variant: "ghost", className: "ml-auto" })}
      >
        Unfold
      </button>
      {isAsking ? (
        <Link
          href={relayHref(line.service, { show: true })}
          prefetch={false}
          className={buttonStyle({ size: "sm", className: "max-sm:hidden" })}
        >
          <QrCode aria-hidden="true" />
          Show QR
        </Link>
      ) : null}
    </div>
  );
}
