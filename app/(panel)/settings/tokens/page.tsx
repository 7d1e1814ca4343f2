import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { TokensPage } from "@/components/settings/tokens-page.tsx";

export const metadata: Metadata = { title: "Tokens" };

export default async function TokensRoute() {
  await admitPage();
  return <TokensPage />;
}
