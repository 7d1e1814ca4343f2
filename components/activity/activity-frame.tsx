"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useWaitingAlerts } from "@/components/shell/live.ts";
import { ACTIVITY_PLACES } from "@/components/shell/places.ts";
import { LinkTabs } from "@/components/ui/tabs.tsx";

/** The pages about what happens and who is told of it, and one of them. */
export function ActivityFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const waiting = useWaitingAlerts();
  // the longest that fits: one alert is still "Alerts", while its rules are their own
  const current = ACTIVITY_PLACES.filter(({ href }) => `${pathname}/`.startsWith(`${href}/`)).sort(
    (a, b) => b.href.length - a.href.length,
  )[0];
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <LinkTabs
        label="Activity"
        tabs={ACTIVITY_PLACES.map(({ href, label, waits }) => ({
          href,
          label,
          current: href === current?.href,
          ...(waits === "alerts" && waiting > 0 ? { count: waiting } : {}),
        }))}
        className="bg-card"
      />
      <div className="mx-auto grid w-full max-w-[1120px] min-w-0 content-start gap-5 px-5 py-5 max-sm:px-3">
        {children}
      </div>
    </div>
  );
}
