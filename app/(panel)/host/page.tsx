import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { HostPage } from "@/components/host/host-page.tsx";

export const metadata: Metadata = { title: "Host" };

export default async function HostRoute() {
  await admitPage();
  return <HostPage />;
}
