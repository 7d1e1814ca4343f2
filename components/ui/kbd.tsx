import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

/** One key. Several stand beside each other: `<Kbd>j</Kbd><Kbd>k</Kbd>`. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={cn(
        "inline-flex h-[17px] min-w-[17px] items-center justify-center rounded-tag border border-border-strong bg-muted px-1 pt-px font-sans text-11 leading-none font-medium text-muted-foreground [kbd+&]:ml-0.5",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
