import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { CoveragePage } from "@/components/backups/coverage-page.tsx";

export const metadata: Metadata = { title: "Coverage" };

export default async function CoverageRoute() {
  await admitPage();
  return <CoveragePage />;
}
