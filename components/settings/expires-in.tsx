"use client";

import { formatDuration } from "#lib/format/duration.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { useNow } from "@/components/ui/clock.ts";

/** `ends in 29 d`, `has ended`, `does not end`; the exact time on hover. */
export function ExpiresIn({ time }: { time: string | null }) {
  const now = useNow();
  if (time === null) return <span>does not end</span>;
  const seconds = (Date.parse(time) - now) / 1000;
  return (
    <time
      dateTime={time}
      className={seconds <= 0 ? "text-fail" : undefined}
      onPointerEnter={(event) => {
        event.currentTarget.title = formatExact(time);
      }}
    >
      {seconds <= 0 ? "has ended" : `ends in ${formatDuration(seconds)}`}
    </time>
  );
}
