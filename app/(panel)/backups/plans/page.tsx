import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { PlansPage } from "@/components/backups/plans-page.tsx";

export const metadata: Metadata = { title: "Backup plans" };

export default async function PlansRoute() {
  await admitPage();
  return <PlansPage />;
}
