import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { RebootPage } from "@/components/host/reboot-page.tsx";

export const metadata: Metadata = { title: "Reboot" };

export default async function RebootRoute() {
  await admitPage();
  return <RebootPage />;
}
