import type { ReactNode } from "react";
import { admitPage } from "#lib/api/page-guard.ts";
import { readBoard } from "#lib/services/read.ts";
import { viewBoard } from "#lib/services/view.ts";
import { PanelFrame } from "@/components/shell/panel-frame.tsx";

export const dynamic = "force-dynamic";

export default async function PanelLayout({ children }: { children: ReactNode }) {
  const { access } = await admitPage();
  return <PanelFrame first={viewBoard(readBoard(), access)}>{children}</PanelFrame>;
}
