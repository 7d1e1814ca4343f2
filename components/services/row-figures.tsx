"use client";

import { amount, formatBytes, ofLimit } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatCpu } from "#lib/format/percent.ts";
import { useKey, useSparks } from "@/components/shell/live.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";

interface CpuFigureProps {
  id: string;
  failing: boolean;
  stale: boolean;
  className?: string | undefined;
}

/** CPU of one core with its last hour. */
export function CpuFigure({ id, failing, stale, className }: CpuFigureProps) {
  const cpu = useKey(`service:${id}`, (store) => store.service(id)?.cpu ?? null);
  const sparks = useSparks(id);
  return (
    <div className={cn("max-sm:mt-3.5 max-sm:self-start", className)}>
      <div
        className={cn(
          "num h-5 text-right text-12 leading-5 max-sm:text-muted-foreground",
          stale && "text-muted-foreground",
        )}
      >
        {cpu === null ? <Unknown /> : formatCpu(cpu)}
        {cpu === null ? null : <span className="sm:hidden"> %</span>}
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

interface RowMemoryProps extends Omit<MemoryFigureProps, "used" | "limit"> {
  id: string;
  /** something of it is there that can use memory */
  up: boolean;
}

/** The memory of a row, by itself current. */
export function RowMemory({ id, up, ...look }: RowMemoryProps) {
  // nothing that runs uses nothing: its figure is not there yet
  const used = useKey(`service:${id}`, (store) => (up && store.service(id)?.memory?.used) || null);
  const limit = useKey(`service:${id}`, (store) => store.service(id)?.memory?.limit ?? null);
  return <MemoryFigure used={used} limit={limit} {...look} />;
}

interface MemoryFigureProps {
  /** null: not known, or nothing runs that could use any */
  used: number | null;
  limit: number | null;
  hostTotal: number | null;
  stale?: boolean;
  small?: boolean;
  className?: string | undefined;
}

/** Memory and its limit in words, and as a bar. */
export function MemoryFigure({ used, limit, hostTotal, stale, small, className }: MemoryFigureProps) {
  return (
    <div className={cn("min-w-0 text-12", small && "grid gap-0.5", className)}>
      <div
        className={cn("num text-right", small ? "h-4 leading-4" : "h-5 leading-5", stale && "text-muted-foreground")}
      >
        <MemoryWords used={used} limit={limit} />
      </div>
      {used === null && limit === null ? (
        <div className={small ? "h-[3px]" : "h-4"} />
      ) : (
        <Meter
          label="Memory against limit"
          used={used ?? 0}
          limit={limit}
          outOf={hostTotal}
          className={cn(small ? "h-[3px]" : "my-1.5", stale && "opacity-50 grayscale")}
        />
      )}
    </div>
  );
}

/** `1.31 / 2 GB`, `48 MB`, `– / 1 GB`. */
export function MemoryWords({ used, limit }: { used: number | null; limit: number | null }) {
  if (limit === null) return used === null ? <Unknown /> : formatBytes(used);
  const words = ofLimit(amount(used ?? 0), amount(limit));
  return (
    <>
      {used === null ? <Unknown /> : words.used}
      <span className="text-subtle-foreground"> / {words.limit}</span>
    </>
  );
}

function Unknown() {
  return (
    <span className="text-subtle-foreground" title="Not known">
      –
    </span>
  );
}
