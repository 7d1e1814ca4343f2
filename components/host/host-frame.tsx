"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { HOST_PLACES } from "@/components/shell/places.ts";
import { LinkTabs } from "@/components/ui/tabs.tsx";

/** The pages about the server itself, and one of them. */
export function HostFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <LinkTabs
        label="Host"
        tabs={HOST_PLACES.map((place) => ({ ...place, current: place.href === pathname }))}
        className="bg-card"
      />
      <div
        className={cn(
          "mx-auto grid w-full min-w-0 grid-cols-1 content-start gap-5 px-5 py-5 max-sm:px-3",
          // charts beside each other take what room there is
          pathname === "/host" ? "max-w-[1680px]" : "max-w-[1120px]",
        )}
      >
        {children}
      </div>
    </div>
  );
}
