import type { ReactNode } from "react";
import { admitPage } from "#lib/api/page-guard.ts";
import { readBoard } from "#lib/services/read.ts";
import { PanelFrame } from "@/components/shell/panel-frame.tsx";

export const dynamic = "force-dynamic";

export default async function PanelLayout({ children }: { children: ReactNode }) {
  await admitPage();
  return <PanelFrame first={readBoard()}>{children}</PanelFrame>;
}
