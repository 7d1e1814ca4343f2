"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { Job } from "#lib/jobs/job.ts";
import { JobsProvider } from "@/components/jobs/jobs-store.tsx";
import { useMe, type Verb } from "@/components/shell/me.tsx";
import { LinkTabs } from "@/components/ui/tabs.tsx";

const PLACES: readonly { href: string; label: string; needs?: Verb }[] = [
  { href: "/volumes", label: "Volumes" },
  { href: "/backups", label: "Backups" },
  { href: "/backups/plans", label: "Plans" },
  { href: "/backups/coverage", label: "Coverage" },
  { href: "/backups/destinations", label: "Destinations", needs: "backup" },
  { href: "/backups/jobs", label: "Jobs" },
];

/** The pages about backups, and one of them. */
export function BackupsFrame({ firstJobs, children }: { firstJobs: readonly Job[]; children: ReactNode }) {
  const pathname = usePathname();
  const { verbs } = useMe();
  return (
    <JobsProvider first={firstJobs}>
      <div className="flex min-w-0 flex-1 flex-col">
        <LinkTabs
          label="Backups"
          tabs={PLACES.filter(({ needs }) => !needs || verbs.includes(needs)).map((place) => ({
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
