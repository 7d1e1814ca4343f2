import { HELM_NAME, HelmIcon } from "@/components/ui/helm-icon.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { HostStripSkeleton } from "../metrics/host-strip.tsx";
import { HELMS } from "./board-columns.ts";
import { readingWords } from "./column-words.ts";
import { RowsSkeleton } from "./helm-column.tsx";
import { ROW_GRID } from "./row-grid.ts";

/** The overview before anything is known, in its final geometry. */
export function BoardSkeleton() {
  return (
    <div aria-busy="true" className="flex min-w-0 flex-col gap-3 px-5 pt-4 pb-5 max-sm:p-3">
      <HostStripSkeleton />
      <Panel className="flex h-9 items-center px-3.5">
        <Skeleton className="h-2.5 w-56" />
      </Panel>
      <div className="flex h-8 items-center gap-3 max-sm:hidden">
        <Skeleton className="h-8 w-[300px]" />
        <Skeleton className="h-[26px] w-72" />
      </div>
      <div className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3">
        {HELMS.map((helm, index) => (
          <Panel
            key={helm}
            data-helm={helm}
            aria-label={HELM_NAME[helm]}
            className={index > 0 ? "min-w-0 overflow-hidden max-md:hidden" : "min-w-0 overflow-hidden"}
          >
            <header
              className={`${ROW_GRID} relative h-10 border-b border-border before:absolute before:-bottom-px before:left-3.5 before:h-0.5 before:w-10 before:bg-helm max-md:hidden`}
            >
              <HelmIcon kind={helm} />
              <h2 className="flex items-baseline gap-2 text-14 font-semibold">
                {HELM_NAME[helm]}
                <span className="text-12 font-normal text-muted-foreground">{readingWords(helm)}</span>
              </h2>
            </header>
            <RowsSkeleton />
          </Panel>
        ))}
      </div>
    </div>
  );
}
