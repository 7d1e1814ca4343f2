import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { RulesPage } from "@/components/rules/rules-page.tsx";

export const metadata: Metadata = { title: "Alert rules" };

export default async function RulesRoute() {
  await admitPage();
  return <RulesPage />;
}
