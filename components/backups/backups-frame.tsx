"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { Job } from "#lib/jobs/job.ts";
import { JobsProvider } from "@/components/jobs/jobs-store.tsx";
import { useMe } from "@/components/shell/me.tsx";
import { BACKUP_PLACES } from "@/components/shell/places.ts";
import { LinkTabs } from "@/components/ui/tabs.tsx";

/** The pages about backups, and one of them. */
export function BackupsFrame({ firstJobs, children }: { firstJobs: readonly Job[]; children: ReactNode }) {
  const pathname = usePathname();
  const { verbs } = useMe();
  return (
    <JobsProvider first={firstJobs}>
      <div className="flex min-w-0 flex-1 flex-col">
        <LinkTabs
          label="Backups"
          tabs={BACKUP_PLACES.filter(({ needs }) => !needs || verbs.includes(needs)).map((place) => ({
            ...place,
            current: place.href === pathname,
          }))}
          className="bg-card"
        />
        <div className="mx-auto grid w-full max-w-[1120px] min-w-0 content-start gap-5 px-5 py-5 max-sm:px-3">
          {children}
        </div>
      </div>
    </JobsProvider>
  );
}
