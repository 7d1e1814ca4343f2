import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { AlertsPage } from "@/components/activity/alerts-page.tsx";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsRoute() {
  await admitPage();
  return <AlertsPage />;
}
