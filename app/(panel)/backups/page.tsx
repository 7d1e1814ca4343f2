import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { BackupsPage } from "@/components/backups/backups-page.tsx";

export const metadata: Metadata = { title: "Backups" };

export default async function BackupsRoute() {
  await admitPage();
  return <BackupsPage />;
}
