"use client";

import { Unplug } from "lucide-react";
import { formatDuration } from "#lib/format/duration.ts";
import { formatClock } from "#lib/format/exact-time.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { useConnection, useHost } from "./live.ts";
import type { Connection } from "./live-stream.ts";

/** Under the top bar while the browser has lost the server. The values stay, with their time. */
export function NetBar() {
  const { retryNow, ...connection } = useConnection();
  return (
    <>
      {connection.state === "lost" ? <Bar lost={connection} onRetry={retryNow} /> : null}
      <span role="status" className="sr-only">
        {connection.state === "lost" ? "Connection lost. The values stay as they were." : ""}
      </span>
    </>
  );
}

function Bar({ lost, onRetry }: { lost: Extract<Connection, { state: "lost" }>; onRetry: () => void }) {
  const name = useHost()?.name ?? "the server";
  useNow("second");
  const now = Date.now();
  const wait = lost.nextTryAt === null ? 0 : Math.ceil((lost.nextTryAt - now) / 1000);
  return (
    <div className="sticky top-12 z-19 flex min-h-10 flex-none items-center gap-2 bg-foreground px-5 py-1.5 text-12 text-background max-sm:top-13 max-sm:px-4">
      <Unplug aria-hidden="true" className="icon" />
      <b className="whitespace-nowrap">Connection to {name} lost</b>
      <span className="opacity-80 max-sm:hidden">
        Showing {formatClock(lost.lastAt)}, {formatDuration((now - lost.lastAt) / 1000)} ago.{" "}
        {wait > 0 ? `Trying again in ${wait} s.` : "Trying again."}
      </span>
      <Button
        size="sm"
        onClick={onRetry}
        disabled={lost.nextTryAt === null}
        className="ml-auto border-current bg-transparent text-inherit hover:bg-background/15 max-sm:h-9"
      >
        Try now
      </Button>
    </div>
  );
}
