import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { ChannelsPage } from "@/components/channels/channels-page.tsx";

export const metadata: Metadata = { title: "Channels" };

export default async function ChannelsRoute() {
  await admitPage();
  return <ChannelsPage />;
}
