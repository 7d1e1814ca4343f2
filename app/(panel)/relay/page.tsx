import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { RelayPage } from "@/components/relay/relay-page.tsx";

export const metadata: Metadata = { title: "QR relay" };

export default async function RelayRoute() {
  await admitPage();
  return <RelayPage />;
}
