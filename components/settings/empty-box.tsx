import type { ReactNode } from "react";

/** Nothing to list: what is missing, and what it would be for. */
export function EmptyBox({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 rounded-panel border border-border bg-card px-6 pt-7 pb-[30px]">
      <p className="text-14 font-semibold">{title}</p>
      <p className="max-w-[46ch] text-pretty text-muted-foreground">{children}</p>
    </div>
  );
}
