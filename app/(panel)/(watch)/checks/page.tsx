import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { ChecksPage } from "@/components/checks/checks-page.tsx";

export const metadata: Metadata = { title: "Checks" };

export default async function ChecksRoute() {
  await admitPage();
  return <ChecksPage />;
}
