import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { AuditPage } from "@/components/settings/audit-page.tsx";

export const metadata: Metadata = { title: "Audit trail" };

export default async function AuditRoute() {
  await admitPage();
  return <AuditPage />;
}
