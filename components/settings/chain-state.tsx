"use client";

import { Link2, Link2Off } from "lucide-react";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";

interface Chain {
  rows: number;
  /** the first row that does not fit the one before it */
  broken: number | null;
}

/** Whether every row still fits the one before it. */
export function ChainState() {
  const { data, problem, reload } = useReading<Chain>("/audit/verify");
  if (data?.broken != null) {
    return (
      <Note tone="fail" alert title={`The chain is broken at row ${data.broken}`}>
        <p>
          That row, or the one before it, was changed or removed after it was written. Rows before it are as they were.
          Keep a copy of the data folder, then find out who can write to it. From a shell the same is said by:
        </p>
        <CommandLine command="npm run -s trihelm -- audit verify" className="mt-2" />
      </Note>
    );
  }
  const Icon = problem ? Link2Off : Link2;
  return (
    <p role="status" className="-mt-3 flex min-h-6 items-center gap-2 text-12 text-muted-foreground">
      <Icon aria-hidden="true" className="size-3.5 stroke-2" />
      {problem ? (
        <>
          The chain could not be checked: {problem.words}
          <Button size="sm" onClick={reload}>
            Try again
          </Button>
        </>
      ) : data ? (
        `${data.rows.toLocaleString("en")} ${data.rows === 1 ? "row" : "rows"}, unbroken`
      ) : (
        <Skeleton className="h-3 w-40" />
      )}
    </p>
  );
}
