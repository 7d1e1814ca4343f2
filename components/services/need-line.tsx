import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { type Mark, StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";

interface NeedLineProps {
  mark: Mark;
  /** what is read aloud for the mark; "": the text beside it says it */
  word?: string;
  /** its icon and its name */
  who: ReactNode;
  what: string;
  why: ReactNode;
  /** RFC 3339; null: not known, or it has passed */
  since: string | null;
  /** how its age stands behind `what` on a phone; null: not at all */
  age: { ago: boolean } | null;
  /** the shape of its past; null: it has none */
  past: ReactNode;
  /** it has passed */
  over: boolean;
  /** id of the service that it is about */
  service?: string;
  className?: string;
  children: ReactNode;
}

const GRID =
  "grid items-center gap-x-3.5 border-b border-hairline pr-2.5 pl-3.5 last:border-b-0 max-sm:grid-cols-[14px_minmax(0,1fr)_auto] max-sm:gap-x-2.5 max-sm:py-2 sm:h-10 sm:grid-cols-[14px_minmax(0,1fr)_minmax(0,1fr)_64px_auto] xl:grid-cols-[14px_316px_minmax(0,1fr)_160px_64px_184px]";

/** A line of what waits for a person: state, who, why, its past, since when. `children`: what can be done. */
export function NeedLine({ over, since, age, past, service, className, children, ...said }: NeedLineProps) {
  const { mark, word, who, what, why } = said;
  return (
    <li data-need={service} className={cn(GRID, "relative hover:bg-muted", over && "text-muted-foreground")}>
      <StateMark
        mark={over ? "running" : mark}
        {...(word === undefined ? {} : { word })}
        className="max-sm:mt-[3px] max-sm:self-start"
      />
      <div className="flex min-w-0 items-center max-sm:flex-wrap max-sm:self-end">
        {who}
        <span className="ml-[7px] flex-none font-medium whitespace-nowrap max-sm:ml-0 max-sm:block max-sm:basis-full max-sm:leading-[18px] max-sm:first-letter:uppercase">
          {what}
          {since === null || age === null ? null : (
            <span className="sm:hidden">
              {" "}
              <TimeAgo time={since} ago={age.ago} />
            </span>
          )}
        </span>
      </div>
      <p className="truncate text-muted-foreground max-sm:col-start-2 max-sm:self-start max-sm:text-12">{why}</p>
      {past ?? <span className="max-xl:hidden" />}
      <div className="num text-right text-12 text-muted-foreground max-sm:hidden">
        {since === null ? null : <TimeAgo time={since} />}
      </div>
      <div className={cn("flex justify-end gap-1", className)}>{children}</div>
    </li>
  );
}
