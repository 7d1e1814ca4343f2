"use client";

import { memo } from "react";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import type { Column, RowGroup } from "./board-columns.ts";
import { ColumnTrouble, LastSeen } from "./column-trouble.tsx";
import {
  emptySaying,
  footerSaying,
  readingWords,
  supervisorName,
  things,
  troubled,
  troubleSaying,
} from "./column-words.ts";
import { CountsLine } from "./counts-line.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { holdGroups, useHeld } from "./held.ts";
import { ROW_GRID } from "./row-grid.ts";
import { ServiceRow } from "./service-row.tsx";

interface HelmColumnProps {
  column: Column;
  host: string;
  hostTotal: number | null;
  /** changes with what the person asked for, not with the services */
  viewKey: string;
  q: string;
  all: boolean;
  onAll: (all: boolean) => void;
  /** below the width of two columns only one is shown */
  shownAlone: boolean;
  panelId: string;
}

/** One supervisor kind: who it is, how it is, and its services. */
export const HelmColumn = memo(function HelmColumn(props: HelmColumnProps) {
  const { column, host, hostTotal, viewKey, q, all, onAll, shownAlone, panelId } = props;
  const { value: groups, handlers } = useHeld(column.groups, viewKey, holdGroups);
  const trouble = troubled(column);
  const reading = column.supervisors.length === 0 || column.supervisors.some((s) => !s.available && s.error === null);
  const footer = footerSaying(column, { q, all });
  return (
    <Panel
      id={panelId}
      data-helm={column.helm}
      data-column={column.helm}
      aria-label={column.title}
      aria-busy={reading && column.listed === 0}
      className={cn("min-w-0 overflow-hidden", !shownAlone && "max-md:hidden")}
      {...handlers}
    >
      <ColumnHead column={column} trouble={trouble.length > 0} reading={reading} />
      {trouble.map((supervisor) => (
        <ColumnTrouble key={supervisor.id} supervisor={supervisor} helm={column.helm} />
      ))}
      {groups.map((group) => (
        <Group key={group.key} group={group} column={column} hostTotal={hostTotal} />
      ))}
      {column.listed === 0 && trouble.length === 0 ? (
        reading ? (
          <RowsSkeleton />
        ) : (
          <EmptyNote {...emptySaying(column, host)} />
        )
      ) : null}
      {column.listed > 0 && column.shown === 0 ? (
        <p className="px-3.5 py-3 text-12 text-muted-foreground">
          None of {things(column.listed, column.helm)} matches.
        </p>
      ) : null}
      {footer ? (
        <footer className="flex h-9 items-center justify-between gap-3 border-t border-hairline px-3.5 text-12 text-muted-foreground max-sm:h-12">
          <span className="truncate">{footer.text}</span>
          <button
            type="button"
            className="textlink flex-none max-sm:h-11"
            aria-pressed={all}
            onClick={() => onAll(!all)}
          >
            {footer.link}
          </button>
        </footer>
      ) : null}
    </Panel>
  );
});

const MANY = 60;

/** The line under the name is 40 px of the helm's colour: who it is, never how it is. */
function ColumnHead({ column, trouble, reading }: { column: Column; trouble: boolean; reading: boolean }) {
  const { helm, title, counts } = column;
  const down = trouble && counts.length === 0;
  return (
    <header
      className={cn(
        ROW_GRID,
        "relative h-10 border-b border-border before:absolute before:-bottom-px before:left-3.5 before:h-0.5 before:w-10 before:bg-helm max-md:hidden",
      )}
    >
      <HelmIcon kind={helm} />
      <h2 className="flex min-w-0 items-baseline gap-2 text-14 font-semibold whitespace-nowrap">
        {title}
        <span className="truncate text-12 font-normal text-muted-foreground">
          {trouble ? <TroubleWord column={column} /> : reading && counts.length === 0 ? readingWords(helm) : null}
          {trouble && counts.length > 0 ? ", " : null}
          {down ? null : <CountsLine counts={counts} />}
        </span>
      </h2>
      {counts.length === 0 ? null : (
        <>
          <span className="text-right text-11 whitespace-nowrap text-subtle-foreground">CPU %</span>
          <span className="text-right text-11 whitespace-nowrap text-subtle-foreground">Memory / limit</span>
        </>
      )}
    </header>
  );
}

function TroubleWord({ column }: { column: Column }) {
  const [first] = troubled(column);
  if (!first) return null;
  const several = column.supervisors.filter((supervisor) => supervisor.available).length > 0;
  const { word } = troubleSaying(first, column.helm);
  const absent = first.error?.code === "absent";
  return (
    <span className={cn(!absent && "font-medium text-fail")}>
      {several ? `${supervisorName(first)} ${word}` : word}
    </span>
  );
}

function Group({ group, column, hostTotal }: { group: RowGroup; column: Column; hostTotal: number | null }) {
  const lost = column.supervisors.find((s) => s.scope === group.scope && s.error !== null);
  const { head } = group;
  return (
    <section aria-label={head?.name ?? column.title} className="border-hairline [:is(section,div)+&]:border-t">
      {lost?.error && isFirstOfScope(group, column) ? (
        <LastSeen
          at={lost.error.since}
          count={things(
            column.groups.filter((g) => g.scope === group.scope).reduce((sum, g) => sum + g.total, 0),
            column.helm,
          )}
        />
      ) : null}
      {head ? (
        <div className="flex h-7 items-center gap-2 border-b border-hairline bg-background px-3.5 text-12 text-muted-foreground">
          <h3
            className={cn(
              "min-w-0 truncate text-12 leading-none font-medium text-foreground",
              head.named && "font-mono leading-4",
            )}
          >
            <bdi>{visible(head.name)}</bdi>
          </h3>
          <span className="truncate">{head.word}</span>
          <span className="num ml-auto">
            {group.up} of {group.total}
          </span>
        </div>
      ) : null}
      <ul>
        {group.ids.map((id) => (
          <ServiceRow key={id} id={id} hostTotal={hostTotal} many={column.shown > MANY} />
        ))}
      </ul>
    </section>
  );
}

function isFirstOfScope(group: RowGroup, column: Column): boolean {
  return column.groups.find((candidate) => candidate.scope === group.scope)?.key === group.key;
}

const WIDTHS = [
  ["w-[150px]", "w-24"],
  ["w-[118px]", "w-[140px]"],
  ["w-[168px]", "w-[110px]"],
] as const;

/** Rows before they are known, in their final geometry. */
export function RowsSkeleton() {
  return (
    <ul aria-hidden="true">
      {WIDTHS.map(([name, line]) => (
        <li key={name} className={cn(ROW_GRID, "h-[52px] border-b border-hairline last:border-b-0 max-sm:h-16")}>
          <Skeleton className="size-2 rounded-full" />
          <div>
            <Skeleton className={cn("h-2.5", name)} />
            <br />
            <Skeleton className={cn("h-2", line)} />
          </div>
          <Skeleton className="h-2 w-full" />
          <Skeleton className="h-2 w-full" />
        </li>
      ))}
    </ul>
  );
}
