import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { DestinationsPage } from "@/components/backups/destinations-page.tsx";

export const metadata: Metadata = { title: "Destinations" };

export default async function DestinationsRoute() {
  await admitPage();
  return <DestinationsPage />;
}
