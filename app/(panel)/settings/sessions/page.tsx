import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { SessionsPage } from "@/components/settings/sessions-page.tsx";

export const metadata: Metadata = { title: "Sessions" };

export default async function SessionsRoute() {
  await admitPage();
  return <SessionsPage />;
}
