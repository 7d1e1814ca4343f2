"use client";

import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { ApiProblem } from "@/components/shell/api-client.ts";
import { useMe } from "@/components/shell/me.tsx";
import type { Reading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";

interface ReadViewProps<Data> {
  reading: Reading<Data>;
  /** what is read, for a sentence: `The people` */
  what: string;
  /** rows of the skeleton */
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** What was read; a skeleton until then, or why it could not be. A later failure stands above what is known. */
export function ReadView<Data>({ reading, what, rows = 3, children }: ReadViewProps<Data>) {
  const { data, problem, reload } = reading;
  if (data === null && problem?.status === 403) return <NoPermission />;
  return (
    <>
      {problem ? <Unread problem={problem} what={what} onRetry={reload} /> : null}
      {data !== null ? children(data) : problem ? null : <Rows count={rows} />}
    </>
  );
}

function Unread({ problem, what, onRetry }: { problem: ApiProblem; what: string; onRetry: () => void }) {
  return (
    <Note tone="fail" alert title={`${what} could not be read`}>
      <p>
        <code className="font-mono">{problem.words}</code>
      </p>
      <Button size="sm" onClick={onRetry} className="mt-2 max-sm:h-11">
        Try again
      </Button>
    </Note>
  );
}

function Rows({ count }: { count: number }) {
  return (
    <div role="status" aria-label="Loading" className="after-moment rounded-panel border border-border bg-card">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike
        <div key={index} className="flex h-13 items-center gap-8 border-hairline px-4 not-first:border-t">
          <Skeleton className="h-3.5 w-28" />
          <Skeleton className="h-3 w-40" />
        </div>
      ))}
    </div>
  );
}

/** The page is there, and not for them: says who can do it. */
export function NoPermission() {
  const { name, role } = useMe();
  return (
    <div className="grid justify-items-start gap-1 rounded-panel border border-border bg-card px-6 pt-7 pb-[30px]">
      <Lock aria-hidden="true" className="icon mb-2 text-muted-foreground" />
      <h1 className="text-14 font-semibold">This is for admins</h1>
      <p className="max-w-[46ch] text-pretty text-muted-foreground">
        You are signed in as {name}, with the role {role}. An admin of this server can show you this, or give you the
        role.
      </p>
    </div>
  );
}
