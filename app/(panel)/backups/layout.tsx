import type { ReactNode } from "react";
import { admitPage } from "#lib/api/page-guard.ts";
import { recentJobs } from "#lib/backups/recent-jobs.ts";
import { BackupsFrame } from "@/components/backups/backups-frame.tsx";

export default async function BackupsLayout({ children }: { children: ReactNode }) {
  const { access } = await admitPage();
  return <BackupsFrame firstJobs={await recentJobs(access)}>{children}</BackupsFrame>;
}
