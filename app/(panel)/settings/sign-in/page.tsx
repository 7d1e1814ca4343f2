import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { SignInPage } from "@/components/settings/sign-in-page.tsx";

export const metadata: Metadata = { title: "Sign-in methods" };

export default async function SignInRoute() {
  await admitPage();
  return <SignInPage />;
}
