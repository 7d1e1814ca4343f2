"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Service } from "#lib/services/service.ts";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { CauseCard } from "./cause-card.tsx";
import { eventWords } from "./event-words.ts";
import { LiteralWords } from "./literal-words.tsx";
import type { Explained, Happenings } from "./use-happenings.ts";

/** What happened to a service, newest first; a failure opens to why. */
export function EventsTab({ service, happenings: { items, problem } }: { service: Service; happenings: Happenings }) {
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
          {items.map((event, index) => (
            <EventRow
              // biome-ignore lint/suspicious/noArrayIndexKey: two things may happen at one time; newest first, the list only grows at its top
              key={`${event.at} ${event.kind} ${items.length - index}`}
              service={service.id}
              event={event}
            />
          ))}
        </ol>
      )}
    </div>
  );
}

const ROW = "grid grid-cols-[20px_minmax(0,1fr)_auto] items-start gap-x-2 px-3.5 py-2 text-left";

function EventRow({ service, event }: { service: string; event: Explained }) {
  const [open, setOpen] = useState(false);
  const { mark, title, more } = eventWords(event);
  const { cause } = event;
  const line = (
    <>
      <span className="grid h-5 place-items-center">
        <StateMark mark={mark} word="" />
      </span>
      <span className="min-w-0">
        <span className="font-medium">{title}</span>
        {cause?.explanation ? (
          <span className="ml-2 [overflow-wrap:anywhere]">
            <LiteralWords text={cause.explanation.title} />
          </span>
        ) : null}
        {more === "" ? null : (
          <span className="block text-12 text-muted-foreground [overflow-wrap:anywhere]">
            <LiteralWords text={more} />
          </span>
        )}
      </span>
      <span className="flex items-center gap-2 text-12 leading-5 text-muted-foreground">
        <TimeAgo time={event.at} ago />
        {cause ? (
          <ChevronDown aria-hidden="true" className={cn("icon size-3.5", open && "rotate-180")} />
        ) : (
          <span className="w-3.5" />
        )}
      </span>
    </>
  );
  return (
    <li className="border-b border-hairline last:border-b-0">
      {cause ? (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className={cn(ROW, "w-full hover:bg-muted max-sm:min-h-11")}
        >
          {line}
        </button>
      ) : (
        <div className={ROW}>{line}</div>
      )}
      {open && cause ? (
        <CauseCard
          service={service}
          cause={cause}
          className="border-t border-hairline py-3 pr-3.5 pl-[42px] max-sm:pl-3.5"
        />
      ) : null}
    </li>
  );
}
