import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { AppearancePage } from "@/components/settings/appearance-page.tsx";

export const metadata: Metadata = { title: "Appearance" };

export default async function AppearanceRoute() {
  await admitPage();
  return <AppearancePage />;
}
