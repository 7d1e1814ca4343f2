import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { admitStranger } from "#lib/api/page-guard.ts";
import { readSignInMethods } from "#lib/api/setup.ts";
import { isOpen } from "#lib/auth/setup.ts";
import { nextPath } from "@/components/auth/next-path.ts";
import { SignIn } from "@/components/auth/sign-in.tsx";

export const metadata: Metadata = { title: "Sign in" };
export const dynamic = "force-dynamic";

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function SignInPage({ searchParams }: { searchParams: Query }) {
  await admitStranger();
  if (await isOpen()) redirect("/setup");
  const { next, error } = await searchParams;
  return (
    <SignIn
      methods={readSignInMethods()}
      address={(await headers()).get("host") ?? ""}
      next={nextPath([next].flat()[0])}
      returned={[error].flat()[0] ?? null}
    />
  );
}
