import { cn } from "#lib/format/cn.ts";

/** A place where a value will be, in its final size (`w-24 h-3`). Invisible for the first 200 ms. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className="after-moment inline-block max-w-full align-middle">
      <span className={cn("block animate-skeleton rounded-tag bg-track", className)} />
    </span>
  );
}
