"use client";

import { Bookmark, Check, ChevronDown, ChevronRight, ShieldCheck, ShieldX, TriangleAlert } from "lucide-react";
import { memo, useState } from "react";
import type { Backup } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import { Button } from "@/components/ui/button.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { BackupDetail } from "./backup-detail.tsx";
import { occasionWords } from "./backup-words.ts";
import type { Backups } from "./use-backups.ts";

interface BackupListProps {
  backups: Backups;
  onRestore: (backup: Backup) => void;
  onChanged: () => void;
  /** what stands where there is none */
  empty: string;
}

const FIRST = 7;

/** What is kept of one source, newest first; a row opens to its drill and what can be done with it. */
export function BackupList({ backups: { items, problem, more, readOlder, reload }, ...props }: BackupListProps) {
  const [opened, setOpened] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const shown = all ? items : items?.slice(0, FIRST);
  const older = (items?.length ?? 0) - (shown?.length ?? 0);
  return (
    <section aria-label="Backups" className="min-h-0 pt-3 pb-4">
      <h3 className="px-5 pb-1.5 font-semibold max-sm:px-4">
        Backups{" "}
        <span className="ml-1 font-normal text-muted-foreground">
          {items ? `${items.length}${more ? "+" : ""}` : null}
        </span>
      </h3>
      {problem ? (
        <Note tone="fail" alert title="The backups could not be read" className="mx-5 mb-3">
          <p>{problem.words}</p>
          <Button size="sm" onClick={reload} className="mt-2 max-sm:h-11">
            Try again
          </Button>
        </Note>
      ) : null}
      {items === null && !problem ? <Rows /> : null}
      {items?.length === 0 ? (
        <p className="px-5 py-1 text-12 text-muted-foreground max-sm:px-4">{props.empty}</p>
      ) : null}
      {shown && shown.length > 0 ? (
        <ul>
          {shown.map((backup) => (
            <BackupRow
              key={backup.id}
              backup={backup}
              open={backup.id === opened}
              onToggle={() => setOpened(backup.id === opened ? null : backup.id)}
              {...props}
            />
          ))}
        </ul>
      ) : null}
      {older > 0 || (all && more) ? (
        <button
          type="button"
          className="textlink mx-5 my-2.5 text-12 max-sm:mx-4 max-sm:h-11"
          onClick={() => (older > 0 ? setAll(true) : readOlder())}
        >
          {older > 0 ? `Show ${older}${more ? "+" : ""} older` : "Show older"}
        </button>
      ) : null}
    </section>
  );
}

interface BackupRowProps extends Omit<BackupListProps, "backups" | "empty"> {
  backup: Backup;
  open: boolean;
  onToggle: () => void;
}

const BackupRow = memo(function BackupRow({ backup, open, onToggle, onRestore, onChanged }: BackupRowProps) {
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <li className={cn("border-t border-hairline", open && "bg-muted")}>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="grid h-9 w-full grid-cols-[14px_minmax(0,1fr)_52px_74px_66px] items-center gap-2.5 pr-4 pl-[18px] text-left text-12 hover:bg-muted max-sm:h-16 max-sm:pl-4"
      >
        <Chevron aria-hidden="true" className="size-3.5 stroke-[1.75] text-subtle-foreground" />
        <span className="truncate">
          <TimeAgo time={backup.createdAt} ago whole />
          <span className="ml-2 text-subtle-foreground max-sm:ml-0 max-sm:block">{occasionWords(backup)}</span>
        </span>
        <span className="num text-right">{formatBytes(backup.size)}</span>
        <Proof backup={backup} />
        <Standing backup={backup} />
      </button>
      {open ? <BackupDetail backup={backup} onRestore={onRestore} onChanged={onChanged} /> : null}
    </li>
  );
});

const SIGN = "inline-flex items-center gap-1 whitespace-nowrap text-muted-foreground";

export function Proof({ backup: { damage, leftOut, verifiedAt } }: { backup: Backup }) {
  if (damage !== null) {
    return (
      <span className={cn(SIGN, "text-fail")} title={visible(damage)}>
        <TriangleAlert aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
        damaged
      </span>
    );
  }
  if (leftOut > 0) {
    return (
      <span className={cn(SIGN, "text-warn")}>
        <TriangleAlert aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
        {leftOut} left out
      </span>
    );
  }
  if (verifiedAt === null) return <span className={cn(SIGN, "text-subtle-foreground")}>not verified</span>;
  return (
    <span className={SIGN}>
      <Check aria-hidden="true" className="size-3.5 flex-none stroke-2 text-ok" />
      verified
    </span>
  );
}

export function Standing({ backup: { drill, kept } }: { backup: Backup }) {
  if (drill) {
    const Icon = drill.passed ? ShieldCheck : ShieldX;
    return (
      <span className={cn(SIGN, !drill.passed && "text-fail")}>
        <Icon aria-hidden="true" className={cn("size-3.5 flex-none stroke-[1.75]", drill.passed && "text-ok")} />
        {drill.passed ? (
          "drilled"
        ) : (
          <>
            <span className="sr-only">drill </span>failed
          </>
        )}
      </span>
    );
  }
  return kept ? (
    <span className={SIGN}>
      <Bookmark aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
      kept
    </span>
  ) : (
    <span />
  );
}

function Rows() {
  return (
    <div role="status" aria-label="Loading" className="after-moment">
      {[0, 1, 2].map((index) => (
        <div key={index} className="flex h-9 items-center gap-6 border-t border-hairline px-[18px]">
          <Skeleton className="h-3 w-36" />
          <Skeleton className="h-3 w-14" />
          <Skeleton className="h-3 w-16" />
        </div>
      ))}
    </div>
  );
}
