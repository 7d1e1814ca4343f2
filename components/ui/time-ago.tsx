"use client";

import { cn } from "#lib/format/cn.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { type Pace, useNow } from "./clock.ts";
import { Tooltip } from "./tooltip.tsx";

export interface TimeAgoProps {
  /** RFC 3339 */
  time: string;
  /** `13 min ago`; without it the bare age, `13 min` */
  ago?: boolean;
  /** "second" only for something a person waits for */
  pace?: Pace;
  /** may be reached by Tab, so that the exact time is shown on focus too: not in lists, where the row holds the focus */
  focusable?: boolean;
  /** one unit even from a day on, `3 d`, where a list has no room for more */
  whole?: boolean;
  className?: string;
}

/** How long ago, in words; the exact time with its zone on hover (and focus, where `focusable`). */
export function TimeAgo({ time, ago, pace, focusable, whole, className }: TimeAgoProps) {
  const now = useNow(pace);
  const long = formatDuration((now - Date.parse(time)) / 1000);
  const age = whole ? long.split(" ").slice(0, 2).join(" ") : long;
  const text = ago ? `${age} ago` : age;
  if (!focusable) {
    return (
      <TitledTime time={time} className={className}>
        {text}
      </TitledTime>
    );
  }
  return (
    <Tooltip text={<ExactTime time={time} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable without a pointer */}
      <time dateTime={time} tabIndex={0} className={cn("rounded-tag", className)}>
        {text}
      </time>
    </Tooltip>
  );
}

/** How long until then, `in 12 h`; the exact time on hover. */
export function TimeUntil({ time, className }: Pick<TimeAgoProps, "time" | "className">) {
  const left = (Date.parse(time) - useNow()) / 1000;
  return (
    <TitledTime time={time} className={className}>
      {left < 60 ? "in a moment" : `in ${formatDuration(left)}`}
    </TitledTime>
  );
}

function TitledTime({ time, className, children }: { time: string; className?: string | undefined; children: string }) {
  return (
    <time
      dateTime={time}
      className={className}
      // when asked for: hundreds of these are formatted for nobody otherwise, and the server's zone is not the reader's
      onPointerEnter={(event) => {
        event.currentTarget.title = formatExact(time);
      }}
    >
      {children}
    </time>
  );
}

function ExactTime({ time }: { time: string }) {
  return <span className="num">{formatExact(time)}</span>;
}
