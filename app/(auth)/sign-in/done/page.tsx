import type { Metadata } from "next";
import { admitStranger } from "#lib/api/page-guard.ts";
import { GoOn } from "@/components/auth/go-on.tsx";
import { nextPath } from "@/components/auth/next-path.ts";

export const metadata: Metadata = { title: "Signed in" };
export const dynamic = "force-dynamic";

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function SignedInPage({ searchParams }: { searchParams: Query }) {
  await admitStranger();
  return <GoOn next={nextPath([(await searchParams).next].flat()[0])} />;
}
