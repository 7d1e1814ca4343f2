import { RotateCw } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import type { RowModel, Tone } from "./row-model.ts";

const TONE: Record<Tone, string> = {
  plain: "text-foreground",
  off: "text-muted-foreground",
  warn: "text-warn",
  fail: "text-fail",
};

/** The second line of a row: its state if that is not normal, how long, restarts, ports. */
export function RowLine({ model, busy, stale }: { model: RowModel; busy: boolean; stale: boolean }) {
  const { word, since, ago, note, restarts, ports } = model;
  const parts: [string, ReactNode][] = [];
  if (word !== null || since !== null) {
    parts.push([
      "state",
      <span key="state" className="flex-none">
        {word === null ? null : (
          <span className={cn("font-medium", stale ? "text-muted-foreground" : TONE[model.tone])}>{word}</span>
        )}
        {word === null || since === null ? null : " "}
        {since === null ? null : <TimeAgo time={since} ago={ago} pace={busy ? "second" : "slow"} />}
      </span>,
    ]);
  }
  if (note !== null)
    parts.push([
      "note",
      <span key="note" className="min-w-0 truncate" title={note}>
        <bdi>{note}</bdi>
      </span>,
    ]);
  if (restarts !== null) parts.push(["restarts", <Restarts key="restarts" count={restarts} stale={stale} />]);
  if (ports.length > 0) {
    parts.push([
      "ports",
      <span key="ports" className="min-w-0 truncate font-mono text-11" title={ports.join(" ")}>
        {ports.join(" ")}
      </span>,
    ]);
  }
  return (
    <div className="flex h-4 min-w-0 items-center text-12 whitespace-nowrap text-muted-foreground">
      {parts.map(([key, part], index) => (
        <Fragment key={key}>
          {index > 0 ? <Dot /> : null}
          {part}
        </Fragment>
      ))}
    </div>
  );
}

export function Restarts({ count, stale }: { count: number; stale?: boolean }) {
  const text = plural(count, "restart");
  return (
    <span
      title={`${text} by its supervisor since it was last started by hand`}
      className={cn(
        "inline-flex flex-none items-center gap-[3px]",
        count > 0 && !stale ? "text-warn" : "text-subtle-foreground",
      )}
    >
      <RotateCw aria-hidden="true" className="size-[11px] flex-none stroke-2" />
      <span aria-hidden="true">{count}</span>
      <span className="sr-only">{text}</span>
    </span>
  );
}

function Dot() {
  return <span aria-hidden="true" className="mx-[7px] size-0.5 flex-none rounded-full bg-subtle-foreground" />;
}
