import type { ReactNode } from "react";
import { admitPage } from "#lib/api/page-guard.ts";
import { SettingsFrame } from "@/components/settings/settings-frame.tsx";

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await admitPage();
  return <SettingsFrame>{children}</SettingsFrame>;
}
