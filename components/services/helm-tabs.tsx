"use client";

import { ListFilter } from "lucide-react";
import type { KeyboardEvent } from "react";
import { cn } from "#lib/format/cn.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import type { Column, Helm } from "./board-columns.ts";
import { troubled } from "./column-words.ts";

interface HelmTabsProps {
  columns: readonly Column[];
  chosen: Helm;
  onChoose: (helm: Helm) => void;
  /** null while no panel is there */
  panelId: ((helm: Helm) => string) | null;
  filtering: boolean;
  onFilter: () => void;
  byApp: boolean;
}

/** Below the width of two columns: one supervisor at a time, with how much is wrong in each. */
export function HelmTabs({ columns, chosen, onChoose, panelId, filtering, onFilter, byApp }: HelmTabsProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const index = columns.findIndex((column) => column.helm === chosen);
    const next = columns[(index + by + columns.length) % columns.length];
    if (!next) return;
    onChoose(next.helm);
    event.currentTarget.querySelector<HTMLElement>(`[data-helm-tab="${next.helm}"]`)?.focus();
  };
  return (
    <div className="sticky top-[52px] z-10 -mx-3 -mt-1 grid grid-cols-[minmax(0,1fr)_44px] border-b border-border bg-background px-2 md:hidden">
      {byApp ? (
        <h2 className="flex h-[46px] items-center px-2 font-medium">By app</h2>
      ) : (
        <div role="tablist" aria-label="Supervisor" onKeyDown={onKeyDown} className="grid grid-cols-3">
          {columns.map((column) => {
            const selected = column.helm === chosen;
            return (
              <button
                key={column.helm}
                type="button"
                role="tab"
                data-helm={column.helm}
                data-helm-tab={column.helm}
                aria-selected={selected}
                aria-controls={panelId?.(column.helm)}
                tabIndex={selected ? 0 : -1}
                onClick={() => onChoose(column.helm)}
                className="-mb-px inline-flex h-[46px] min-w-0 items-center justify-center gap-1.5 border-b-2 border-transparent text-13 font-medium text-muted-foreground aria-selected:border-helm aria-selected:text-foreground"
              >
                <HelmIcon kind={column.helm} />
                <span className="truncate">{column.title}</span>
                <Trouble column={column} />
              </button>
            );
          })}
        </div>
      )}
      <IconButton
        label="Filter and sort"
        look="touch"
        aria-expanded={filtering}
        aria-controls="board-filter"
        onClick={onFilter}
        className="sm:hidden"
      >
        <ListFilter aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function Trouble({ column }: { column: Column }) {
  const of = (tone: "fail" | "warn") =>
    column.counts.filter((count) => count.tone === tone).reduce((sum, { count }) => sum + count, 0);
  const [failing, warning] = [of("fail"), of("warn")];
  if (troubled(column).some((supervisor) => supervisor.error?.code !== "absent")) {
    return (
      <span className="font-semibold text-fail">
        ?<span className="sr-only"> cannot be read</span>
      </span>
    );
  }
  if (failing + warning === 0) return null;
  return (
    <span className={cn("font-semibold", failing > 0 ? "text-fail" : "text-warn")}>
      {failing + warning}
      <span className="sr-only"> not fine</span>
    </span>
  );
}
