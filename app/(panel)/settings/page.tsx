import { redirect } from "next/navigation";
import { admitPage } from "#lib/api/page-guard.ts";

export default async function SettingsRoute() {
  await admitPage();
  redirect("/settings/sign-in");
}
