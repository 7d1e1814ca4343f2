"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { formatDate, formatDay, formatMinute } from "#lib/format/exact-time.ts";
import { Button } from "@/components/ui/button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { type Range, SPANS, type SpanKey, shifted } from "./spans.ts";

interface RangeBarProps {
  range: Range;
  /** the span that it goes back to */
  home: SpanKey;
  onChange: (range: Range) => void;
}

const OPTIONS = SPANS.map(({ key, label }) => ({ value: key, label }));

/** What time the charts below show: all of them the same. */
export function RangeBar({ range, home, onChange }: RangeBarProps) {
  const isLive = "last" in range;
  const move = (turn: -1 | 1) => onChange(shifted(range, turn, Date.now()));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented<SpanKey | "">
        label="Time range"
        size="sm"
        value={isLive ? range.last : ""}
        options={OPTIONS}
        onChange={(key) => key !== "" && onChange({ last: key })}
        className="max-sm:h-11"
      />
      <span className="inline-flex">
        <IconButton label="Earlier" look="small" onClick={() => move(-1)} className="max-sm:size-11">
          <ChevronLeft aria-hidden="true" />
        </IconButton>
        <IconButton label="Later" look="small" disabled={isLive} onClick={() => move(1)} className="max-sm:size-11">
          <ChevronRight aria-hidden="true" />
        </IconButton>
      </span>
      {isLive ? (
        <p className="text-12 text-muted-foreground max-md:hidden">Drag over a chart to look closer.</p>
      ) : (
        <>
          <p role="status" className="num text-12 text-muted-foreground">
            {formatDay(range.from)} to {sameDay(range) ? formatMinute(range.to) : formatDay(range.to)}
          </p>
          <Button size="sm" onClick={() => onChange({ last: home })} className="max-sm:h-11">
            Back to now
          </Button>
        </>
      )}
    </div>
  );
}

function sameDay({ from, to }: { from: number; to: number }): boolean {
  return formatDate(from) === formatDate(to);
}
