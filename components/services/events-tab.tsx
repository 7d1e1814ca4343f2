"use client";

import type { Service } from "#lib/services/service.ts";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { eventWords } from "./event-words.ts";
import { LiteralWords } from "./literal-words.tsx";
import { useHappenings } from "./use-happenings.ts";

/** What happened to a service, newest first. */
export function EventsTab({ service }: { service: Service }) {
  const { items, problem } = useHappenings(service);
  if (items === null && problem === null) return <Skeleton className="h-40 w-full" />;
  return (
    <div className="grid gap-3">
      {problem === null ? null : (
        <Note tone="warn" title="Trihelm cannot read what happened">
          {problem}
        </Note>
      )}
      {items === null ? null : items.length === 0 ? (
        <p className="text-muted-foreground">
          Nothing has happened since Trihelm first saw it. Starts, exits and restarts will stand here, with who asked
          for them.
        </p>
      ) : (
        <ol aria-label="Events" className="rounded-panel border border-border bg-card">
          {items.map((event, index) => {
            const { mark, title, more } = eventWords(event);
            return (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: two things may happen at one time; newest first, the list only grows at its top
                key={`${event.at} ${event.kind} ${items.length - index}`}
                className="grid grid-cols-[20px_minmax(0,1fr)_auto] items-start gap-x-2 border-b border-hairline px-3.5 py-2 last:border-b-0"
              >
                <span className="grid h-5 place-items-center">
                  <StateMark mark={mark} word="" />
                </span>
                <span className="min-w-0">
                  <span className="font-medium">{title}</span>
                  {more === "" ? null : (
                    <span className="block text-12 text-muted-foreground [overflow-wrap:anywhere]">
                      <LiteralWords text={more} />
                    </span>
                  )}
                </span>
                <TimeAgo time={event.at} ago className="text-12 leading-5 text-muted-foreground" />
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
}
