import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { admitStranger } from "#lib/api/page-guard.ts";
import { readSignInMethods } from "#lib/api/setup.ts";
import { isOpen } from "#lib/auth/setup.ts";
import { Setup } from "@/components/auth/setup.tsx";

export const metadata: Metadata = { title: "Set up" };
export const dynamic = "force-dynamic";

export default async function SetupPage() {
  await admitStranger();
  if (!(await isOpen())) redirect("/");
  return <Setup host={readSignInMethods().host} />;
}
