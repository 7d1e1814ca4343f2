import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { PeoplePage } from "@/components/settings/people-page.tsx";

export const metadata: Metadata = { title: "People" };

export default async function PeopleRoute() {
  await admitPage();
  return <PeoplePage />;
}
