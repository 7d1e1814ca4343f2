import type { ReactNode } from "react";
import { admitPage } from "#lib/api/page-guard.ts";
import { HostFrame } from "@/components/host/host-frame.tsx";

export default async function HostLayout({ children }: { children: ReactNode }) {
  await admitPage();
  return <HostFrame>{children}</HostFrame>;
}
