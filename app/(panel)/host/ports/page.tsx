import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { PortsPage } from "@/components/host/ports-page.tsx";

export const metadata: Metadata = { title: "Ports" };

export default async function PortsRoute() {
  await admitPage();
  return <PortsPage />;
}
