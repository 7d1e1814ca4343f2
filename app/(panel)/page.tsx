import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { Board } from "@/components/services/board.tsx";
import { parseView } from "@/components/services/board-view.ts";

export const metadata: Metadata = { title: "Overview" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function OverviewPage({ searchParams }: { searchParams: Query }) {
  await admitPage();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    for (const one of [value ?? []].flat()) query.append(name, one);
  }
  return (
    <>
      <h1 className="sr-only">Overview</h1>
      <Board first={parseView(query)} />
    </>
  );
}
