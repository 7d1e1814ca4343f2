import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { AlertPage } from "@/components/activity/alert-page.tsx";

export const metadata: Metadata = { title: "Alert" };

export default async function AlertRoute({ params }: { params: Promise<{ id: string }> }) {
  await admitPage();
  const { id } = await params;
  return <AlertPage key={id} id={decodeURIComponent(id)} />;
}
