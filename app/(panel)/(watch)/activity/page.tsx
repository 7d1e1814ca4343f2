import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { ActivityPage } from "@/components/activity/activity-page.tsx";

export const metadata: Metadata = { title: "Activity" };

export default async function ActivityRoute() {
  await admitPage();
  return <ActivityPage />;
}
