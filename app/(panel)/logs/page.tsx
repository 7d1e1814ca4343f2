import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { listLogSources } from "#lib/logs/sources.ts";
import { parseLogView, USUAL_RANGE } from "@/components/logs/log-view.ts";
import { LogsPage } from "@/components/logs/logs-page.tsx";

export const metadata: Metadata = { title: "Logs" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function LogsRoute({ searchParams }: { searchParams: Query }) {
  const { access } = await admitPage();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    for (const one of [value ?? []].flat()) query.append(name, one);
  }
  return (
    <LogsPage
      first={parseLogView(query, USUAL_RANGE)}
      firstSources={await listLogSources(access)}
      mayConfigure={access.verbs.has("configure")}
    />
  );
}
