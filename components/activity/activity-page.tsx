"use client";

import { PageHead } from "@/components/settings/section.tsx";

/** What happened on this server, across services: newest first. */
export function ActivityPage() {
  return <PageHead title="Activity" text="What happened on this server, newest first." />;
}
