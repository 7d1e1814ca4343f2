import type { ReactNode } from "react";
import { admitPage } from "#lib/api/page-guard.ts";
import { ActivityFrame } from "@/components/activity/activity-frame.tsx";

export default async function WatchLayout({ children }: { children: ReactNode }) {
  await admitPage();
  return <ActivityFrame>{children}</ActivityFrame>;
}
