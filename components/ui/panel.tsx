import type { ComponentProps } from "react";
import { cn } from "#lib/format/cn.ts";

/** A surface with an edge. Never one inside another. */
export function Panel({ className, ...props }: ComponentProps<"section">) {
  return <section className={cn("rounded-panel border border-border bg-card", className)} {...props} />;
}
