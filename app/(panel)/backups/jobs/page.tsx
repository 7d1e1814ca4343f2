import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { JobsPage } from "@/components/jobs/jobs-page.tsx";

export const metadata: Metadata = { title: "Jobs" };

export default async function JobsRoute() {
  await admitPage();
  return <JobsPage />;
}
