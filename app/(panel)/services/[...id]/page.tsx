import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { may } from "#lib/auth/access.ts";
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
  const id = address && serviceId(address.host, address.scope, address.name);
  // one that is not theirs is as if it were not there, and is not even asked about
  const reading = id !== null && may(access, "read", id) ? await readService(id) : null;
  const service = reading && viewService(reading.service, access);
  if (!service) return <NoSuchService id={address} />;
  const { detail, problem } = reading;
  return <ServicePage key={service.id} first={service} firstDetail={{ detail, problem }} />;
}

/** What the address names, however it was escaped; null when that is no service id. */
function addressed(segments: string[]): ReturnType<typeof parseServiceId> {
  return parseServiceId(segments.join("/"));
}
