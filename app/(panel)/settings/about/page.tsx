import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { AboutPage } from "@/components/settings/about-page.tsx";

export const metadata: Metadata = { title: "About" };

export default async function AboutRoute() {
  await admitPage();
  return <AboutPage />;
}
