"use client";

import { Bell, Flag } from "lucide-react";
import Link from "next/link";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { Cause } from "#lib/services/causes/shapes.ts";
import type { Service } from "#lib/services/service.ts";
import { useAlertOf } from "@/components/shell/live.ts";
import { alertHref } from "@/components/shell/places.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { CauseReasons, LastLines } from "./cause-card.tsx";
import { ranWords } from "./cause-words.ts";
import { EvidenceStrip } from "./evidence-strip.tsx";
import { exitSaying } from "./exit-words.ts";
import { LiteralWords } from "./literal-words.tsx";
import type { Explained } from "./use-happenings.ts";
import { useNeed } from "./use-need.ts";

const TONE = { fail: "text-fail", warn: "text-warn", plain: "" };

/** an end and its card tell the time of the same moment by two clocks */
const SAME = 60_000;

interface LastExitProps {
  service: Service;
  /** newest first; null: not known yet */
  happened: readonly Explained[] | null;
  /** where the log is shown: the way to a time in it */
  onJump?: ((time: string) => void) | undefined;
}

/** Why it is not fine, or how it last ended; nothing when there is nothing to say. */
export function LastExit({ service, happened, onJump }: LastExitProps) {
  const need = useNeed(service.id);
  const alert = useAlertOf(service.id);
  const saying = exitSaying(service, need, useNow());
  if (!saying) return null;
  const { literal, title, tone, at, after } = saying;
  const cause = causeAt(happened, at);
  return (
    <section
      aria-label={tone === "warn" ? "Trouble" : "Last exit"}
      className="mx-5 grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-8 gap-y-2 rounded-panel border border-border bg-card px-4 py-3 max-sm:mx-3 max-sm:grid-cols-1"
    >
      <div className="min-w-0">
        <h2 className="text-14 font-semibold [overflow-wrap:anywhere]">
          <span className={cn("mr-1.5", TONE[tone])}>{literal}</span>{" "}
          <LiteralWords text={cause?.explanation?.title ?? withoutLiteral(title, literal)} />
        </h2>
        <p className="mt-0.5 text-pretty text-muted-foreground">
          {at === null ? null : (
            <>
              <TimeAgo time={at} ago focusable />
              {cause ? ranWords(cause) : ""}.{" "}
            </>
          )}
          {after}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-8 gap-y-2">
        {need && need.kind !== "code" ? <EvidenceStrip need={need} every={null} /> : null}
        {alert ? (
          <Link
            href={alertHref(alert.id)}
            prefetch={false}
            className={buttonStyle({ variant: "ghost", size: "sm", className: "max-sm:h-9" })}
          >
            <Bell aria-hidden="true" />
            {alert.acknowledgedBy === null ? "Alert" : `Taken on by ${visible(alert.acknowledgedBy)}`}
          </Link>
        ) : null}
        {at !== null && tone === "fail" && onJump ? (
          <Button size="sm" icon={<Flag aria-hidden="true" />} onClick={() => onJump(at)} className="max-sm:h-9">
            Jump to exit
          </Button>
        ) : null}
      </div>
      {cause ? <Why cause={cause} /> : null}
    </section>
  );
}

/** The rest of the card; its last lines stand in the log below, and are here for who wants them beside it. */
function Why({ cause }: { cause: Cause }) {
  return (
    <div className="col-span-full min-w-0">
      <CauseReasons cause={cause} />
      {cause.lines.length > 0 ? (
        <details className="mt-2 text-12">
          <summary className="w-fit cursor-pointer text-muted-foreground hover:text-foreground max-sm:min-h-11">
            {plural(cause.lines.length, "line")} before it
          </summary>
          <div className="max-h-56 overflow-y-auto">
            <LastLines cause={cause} />
          </div>
        </details>
      ) : null}
    </div>
  );
}

/** The newest card, where it is of this end and not of an earlier one. */
function causeAt(happened: readonly Explained[] | null, at: string | null): Cause | null {
  const newest = happened?.find(({ cause }) => cause !== null);
  if (!newest?.cause) return null;
  return at === null || Date.parse(newest.at) > Date.parse(at) - SAME ? newest.cause : null;
}

/** What the tool says may begin with what stands before it. */
function withoutLiteral(title: string, literal: string): string {
  return title.startsWith(`${literal}: `) ? title.slice(literal.length + 2) : title;
}
