"use client";

import { amount, ofLimit } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatCpu } from "#lib/format/percent.ts";
import { useSparks } from "@/components/shell/live.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";

/** CPU of one core with its last hour. */
export function CpuFigure({
  id,
  cpu,
  failing,
  stale,
}: {
  id: string;
  cpu: number | null;
  failing: boolean;
  stale: boolean;
}) {
  const sparks = useSparks(id);
  return (
    <div className="max-sm:mt-3.5 max-sm:self-start">
      <div
        className={cn(
          "num h-5 text-right text-12 leading-5 max-sm:text-muted-foreground",
          stale && "text-muted-foreground",
        )}
      >
        {cpu === null ? <span className="text-subtle-foreground">–</span> : formatCpu(cpu)}
        {cpu === null ? null : <span className="sm:hidden"> %</span>}
        <span className="sr-only"> CPU{cpu === null ? " not known" : ""}</span>
      </div>
      <Sparkline
        values={sparks}
        max={1}
        width={46}
        tone={failing ? "fail" : "plain"}
        className={cn("max-sm:hidden", stale && "opacity-50")}
      />
    </div>
  );
}

export interface MemoryFigureProps {
  /** null: not known, or nothing runs that could use any */
  used: number | null;
  limit: number | null;
  hostTotal: number | null;
  stale?: boolean;
  small?: boolean;
}

/** Memory and its limit in words, and as a bar. */
export function MemoryFigure({ used, limit, hostTotal, stale, small }: MemoryFigureProps) {
  if (used === null && limit === null) return <div className="text-right text-12 text-subtle-foreground">–</div>;
  const words = limit === null ? null : ofLimit(amount(used ?? 0), amount(limit));
  const whole = used === null ? null : amount(used);
  return (
    <div className={cn("min-w-0 text-12", small && "grid gap-0.5")}>
      <div
        className={cn("num text-right", small ? "h-4 leading-4" : "h-5 leading-5", stale && "text-muted-foreground")}
      >
        {used === null ? (
          <span className="text-subtle-foreground">–</span>
        ) : (
          (words?.used ?? `${whole?.value} ${whole?.unit}`)
        )}
        {words ? <span className="text-subtle-foreground"> / {words.limit}</span> : null}
      </div>
      <Meter
        label="Memory against limit"
        used={used ?? 0}
        limit={limit}
        outOf={hostTotal}
        className={cn(small ? "h-[3px]" : "my-1.5", stale && "opacity-50 grayscale")}
      />
    </div>
  );
}
