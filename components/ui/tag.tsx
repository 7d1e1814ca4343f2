import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

/** A few words that tell a service from its neighbours: `4 of 4`, `transient`. */
export function Tag({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex h-[17px] flex-none items-center rounded-tag border border-border-strong px-[5px] pt-px font-sans text-11 leading-none font-medium whitespace-nowrap text-muted-foreground",
        className,
      )}
    >
      {children}
    </span>
  );
}

const COUNT = {
  plain: "bg-accent text-muted-foreground",
  human: "bg-foreground text-background",
  fail: "bg-fail-wash text-fail",
};

/** How many, beside a title or in a tab. */
export function Count({ children, tone = "plain" }: { children: ReactNode; tone?: keyof typeof COUNT }) {
  return (
    <span
      className={cn(
        "inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-full px-[5px] pt-px text-11 leading-none font-semibold",
        COUNT[tone],
      )}
    >
      {children}
    </span>
  );
}
