"use client";

import { formatDuration } from "#lib/format/duration.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { useNow } from "@/components/ui/clock.ts";

/** `expires in 13 min`; the exact time on hover. */
export function UntilTime({ time, words }: { time: string; words: string }) {
  const now = useNow();
  return (
    <time
      dateTime={time}
      onPointerEnter={(event) => {
        event.currentTarget.title = formatExact(time);
      }}
    >
      {words} {formatDuration((Date.parse(time) - now) / 1000)}
    </time>
  );
}
