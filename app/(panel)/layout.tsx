import type { ReactNode } from "react";
import { describeCaller } from "#lib/api/me.ts";
import { admitPage } from "#lib/api/page-guard.ts";
import { readBoard } from "#lib/services/read.ts";
import { viewBoard } from "#lib/services/view.ts";
import { PanelFrame } from "@/components/shell/panel-frame.tsx";

export const dynamic = "force-dynamic";

export default async function PanelLayout({ children }: { children: ReactNode }) {
  const caller = await admitPage();
  const me = await describeCaller(caller);
  return (
    // another person's board must not outlive them in this tab
    <PanelFrame key={me.id} first={viewBoard(readBoard(), caller.access)} me={me}>
      {children}
    </PanelFrame>
  );
}
