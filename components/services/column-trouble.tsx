"use client";

import { Unplug } from "lucide-react";
import { formatClock } from "#lib/format/exact-time.ts";
import type { Supervisor } from "#lib/services/service.ts";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import type { Helm } from "./board-columns.ts";
import { troubleSaying } from "./column-words.ts";

/** What we could not do, the literal message, what is still true, the next step. The other columns go on. */
export function ColumnTrouble({ supervisor, helm }: { supervisor: Supervisor; helm: Helm }) {
  const error = supervisor.error;
  if (!error) return null;
  const { title, rest } = troubleSaying(supervisor, helm);
  const absent = error.code === "absent";
  return (
    <div className="px-4 pt-4 pb-3.5">
      <div className="flex gap-3">
        {absent ? null : <Unplug aria-hidden="true" className="icon mt-px size-[18px] text-fail" />}
        <div className="min-w-0">
          <p className="text-14 font-semibold">{title}</p>
          <p className="mt-0.5 text-pretty text-muted-foreground">
            <code className="font-mono text-12 text-foreground [overflow-wrap:anywhere]">{error.detail}</code>
            {absent ? null : (
              <>
                , <TimeAgo time={error.since} ago />
              </>
            )}
            . {rest}
          </p>
          <p className="mt-2 text-pretty text-muted-foreground">{error.hint}</p>
          {error.command === null ? null : <CommandLine command={error.command} className="mt-2 h-8" />}
          <p className="mt-2.5 text-12 text-subtle-foreground">
            {absent ? "It appears here by itself once it is there." : "Trihelm keeps trying."}
          </p>
        </div>
      </div>
    </div>
  );
}

/** Heads the rows of a supervisor that cannot be reached now. */
export function LastSeen({ at, count }: { at: string; count: string }) {
  return (
    <div className="flex h-7 items-center justify-between border-b border-hairline bg-background px-3.5 text-12 text-muted-foreground">
      {/* the reader's zone is known in the browser only */}
      <time dateTime={at} suppressHydrationWarning className="font-medium text-foreground">
        Last seen {formatClock(at)}
      </time>
      <span>{count}</span>
    </div>
  );
}
