import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { recentJobs } from "#lib/backups/recent-jobs.ts";
import { readVolumes } from "#lib/volumes/read.ts";
import { parseVolumeView } from "@/components/volumes/volume-view.ts";
import { VolumesPage } from "@/components/volumes/volumes-page.tsx";

export const metadata: Metadata = { title: "Volumes" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function VolumesRoute({ searchParams }: { searchParams: Query }) {
  const { access } = await admitPage();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    for (const one of [value ?? []].flat()) query.append(name, one);
  }
  const [volumes, jobs] = await Promise.all([readVolumes(access), recentJobs(access)]);
  return <VolumesPage first={parseVolumeView(query)} firstVolumes={volumes} firstJobs={jobs} />;
}
