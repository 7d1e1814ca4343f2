"use client";

import { Flag } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import type { Service } from "#lib/services/service.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { EvidenceStrip } from "./evidence-strip.tsx";
import { exitSaying } from "./exit-words.ts";
import { LiteralWords } from "./literal-words.tsx";
import { useNeed } from "./use-need.ts";

const TONE = { fail: "text-fail", warn: "text-warn", plain: "" };

interface LastExitProps {
  service: Service;
  /** where the log is shown: the way to a time in it */
  onJump?: ((time: string) => void) | undefined;
}

/** Why it is not fine, or how it last ended; nothing when there is nothing to say. */
export function LastExit({ service, onJump }: LastExitProps) {
  const need = useNeed(service.id);
  const saying = exitSaying(service, need, useNow());
  if (!saying) return null;
  const { literal, title, tone, at, after } = saying;
  return (
    <section
      aria-label={tone === "warn" ? "Trouble" : "Last exit"}
      className="mx-5 grid grid-cols-[minmax(0,1fr)_auto] items-center gap-8 rounded-panel border border-border bg-card px-4 py-3 max-sm:mx-3 max-sm:grid-cols-1 max-sm:gap-2"
    >
      <div>
        <h2 className="text-14 font-semibold [overflow-wrap:anywhere]">
          <span className={cn("mr-1.5", TONE[tone])}>{literal}</span> <LiteralWords text={title} />
        </h2>
        <p className="mt-0.5 text-pretty text-muted-foreground">
          {at === null ? null : (
            <>
              <TimeAgo time={at} ago focusable />.{" "}
            </>
          )}
          {after}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-8 gap-y-2">
        {need && need.kind !== "code" ? <EvidenceStrip need={need} every={null} /> : null}
        {at !== null && tone === "fail" && onJump ? (
          <Button size="sm" icon={<Flag aria-hidden="true" />} onClick={() => onJump(at)} className="max-sm:h-9">
            Jump to exit
          </Button>
        ) : null}
      </div>
    </section>
  );
}
