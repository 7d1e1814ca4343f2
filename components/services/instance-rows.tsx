"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatCpu } from "#lib/format/percent.ts";
import { plural } from "#lib/format/plural.ts";
import type { Service } from "#lib/services/service.ts";
import { useService } from "@/components/shell/live.ts";
import { type Mark, StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { MemoryFigure } from "./row-figures.tsx";
import { ROW_GRID } from "./row-grid.ts";
import { Restarts } from "./row-line.tsx";

const FEW = 8;

/** The processes of a cluster, the first eight of many. */
export function InstanceRows({ id, hostTotal }: { id: string; hostTotal: number | null }) {
  const [all, setAll] = useState(false);
  const service = useService(id);
  if (!service) return null;
  const { instances, memory } = service;
  const limit = memory?.limit == null ? null : memory.limit / instances.length;
  const shown = all ? instances : instances.slice(0, FEW);
  const more = instances.length - FEW;
  return (
    <ul aria-label={`Instances of ${service.name}`} className="border-t border-hairline pb-1 max-sm:pb-2">
      {shown.map((instance) => {
        const online = instance.pid !== null;
        return (
          <li
            key={instance.id}
            className={cn(ROW_GRID, "h-7 text-12 text-muted-foreground", service.stale && "opacity-80")}
          >
            <StateMark
              mark={instanceMark(instance)}
              word={instance.state}
              stale={service.stale !== null}
              className="scale-75"
            />
            <div className="flex min-w-0 gap-2.5 overflow-hidden whitespace-nowrap">
              <span className="min-w-[18px] flex-none font-mono text-foreground">#{instance.id}</span>
              {online ? (
                <span className="text-subtle-foreground">pid {instance.pid}</span>
              ) : (
                <span>{instance.state}</span>
              )}
              {instance.since === null ? null : <TimeAgo time={instance.since} className="flex-none" />}
              <Restarts count={instance.restarts} stale={service.stale !== null} />
            </div>
            <div className="num text-right">
              {instance.cpu === null ? <span className="text-subtle-foreground">–</span> : formatCpu(instance.cpu)}
            </div>
            <MemoryFigure used={instance.memory} limit={limit} hostTotal={hostTotal} small />
          </li>
        );
      })}
      {more > 0 ? (
        <li>
          <button
            type="button"
            aria-expanded={all}
            onClick={() => setAll(!all)}
            className="flex h-7 w-full items-center gap-1.5 pl-[38px] text-left text-12 text-muted-foreground hover:text-foreground max-sm:h-11"
          >
            {all ? "Show the first eight" : `Show ${plural(more, "more instance")}`}
            {all ? (
              <ChevronUp aria-hidden="true" className="size-3.5" />
            ) : (
              <ChevronDown aria-hidden="true" className="size-3.5" />
            )}
          </button>
        </li>
      ) : null}
    </ul>
  );
}

const MARKS: Record<string, Mark> = {
  online: "running",
  running: "running",
  launching: "starting",
  "waiting restart": "restarting",
  stopping: "stopping",
  stopped: "stopped",
  errored: "failed",
};

export function instanceMark(instance: Service["instances"][number]): Mark {
  return MARKS[instance.state] ?? (instance.pid === null ? "unknown" : "running");
}
