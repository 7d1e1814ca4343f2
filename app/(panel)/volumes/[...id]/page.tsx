import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { admitPage } from "#lib/api/page-guard.ts";
import { may } from "#lib/auth/access.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import { VolumeFiles } from "@/components/volumes/volume-files.tsx";

interface Props {
  params: Promise<{ id: string[] }>;
  searchParams: Promise<{ path?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: parseServiceId((await params).id.join("/"))?.name ?? "No such volume" };
}

export default async function VolumeRoute({ params, searchParams }: Props) {
  const { access } = await admitPage();
  const parts = parseServiceId((await params).id.join("/"));
  const id = parts && serviceId(parts.host, parts.scope, parts.name);
  if (!parts || !id || !may(access, "read", id)) notFound();
  const { path } = await searchParams;
  return <VolumeFiles id={id} name={parts.name} firstPath={typeof path === "string" ? path : "/"} />;
}
