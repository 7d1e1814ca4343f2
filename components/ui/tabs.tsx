import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { Count } from "./tag.tsx";

export interface LinkTab {
  href: string;
  label: ReactNode;
  count?: number;
  current: boolean;
  /** shows it without asking the server; the address is the caller's to change */
  onSelect?: () => void;
}

/** Views of one thing that each have an address. */
export function LinkTabs({ label, tabs, className }: { label: string; tabs: readonly LinkTab[]; className?: string }) {
  return (
    <nav
      aria-label={label}
      className={cn("flex flex-none gap-1 overflow-x-auto border-b border-border px-3", className)}
    >
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          scroll={false}
          aria-current={tab.current ? "page" : undefined}
          onClick={(event) => {
            if (!tab.onSelect || event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            tab.onSelect();
          }}
          className="relative inline-flex h-[38px] flex-none items-center gap-1.5 px-2.5 font-medium text-muted-foreground hover:text-foreground aria-[current]:text-foreground aria-[current]:after:absolute aria-[current]:after:inset-x-2.5 aria-[current]:after:bottom-0 aria-[current]:after:h-0.5 aria-[current]:after:bg-foreground max-sm:h-11"
        >
          {tab.label}
          {tab.count === undefined ? null : <Count>{tab.count}</Count>}
        </Link>
      ))}
    </nav>
  );
}
