import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { BackupFiles } from "@/components/backups/backup-files.tsx";

export const metadata: Metadata = { title: "Backup" };

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ path?: string | string[] }>;
}

export default async function BackupRoute({ params, searchParams }: Props) {
  await admitPage();
  const [{ id }, { path }] = [await params, await searchParams];
  return <BackupFiles key={id} id={decodeURIComponent(id)} firstPath={typeof path === "string" ? path : "/"} />;
}
