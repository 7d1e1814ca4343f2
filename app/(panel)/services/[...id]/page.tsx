import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import { readService } from "#lib/services/read.ts";
import { viewService } from "#lib/services/view.ts";
import { NoSuchService } from "@/components/services/no-such-service.tsx";
import { ServicePage } from "@/components/services/service-page.tsx";

interface Props {
  params: Promise<{ id: string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: addressed((await params).id)?.name ?? "No such service" };
}

export default async function ServiceRoute({ params }: Props) {
  const { access } = await admitPage();
  const address = addressed((await params).id);
  const reading = address && (await readService(serviceId(address.host, address.scope, address.name)));
  const service = reading && viewService(reading.service, access);
  if (!reading || !service) return <NoSuchService id={address} />;
  const { detail, problem } = reading;
  return <ServicePage key={service.id} first={service} firstDetail={{ detail, problem }} />;
}

/** What the address names, however it was escaped; null when that is no service id. */
function addressed(segments: string[]): ReturnType<typeof parseServiceId> {
  return parseServiceId(segments.join("/"));
}
