import type { ReactNode } from "react";
import { listAlerts } from "#lib/alerts/read.ts";
import { describeCaller } from "#lib/api/me.ts";
import { admitPage } from "#lib/api/page-guard.ts";
import { readBoard } from "#lib/services/read.ts";
import { viewBoard } from "#lib/services/view.ts";
import { PanelFrame } from "@/components/shell/panel-frame.tsx";

export const dynamic = "force-dynamic";

/** those that the page itself asks for again when its stream begins */
const OPEN_ALERTS = 200;

export default async function PanelLayout({ children }: { children: ReactNode }) {
  const caller = await admitPage();
  const [me, alerts] = await Promise.all([
    describeCaller(caller),
    listAlerts({ state: "open", limit: OPEN_ALERTS }, caller.access),
  ]);
  return (
    // another person's board must not outlive them in this tab
    <PanelFrame key={me.id} first={{ board: viewBoard(readBoard(), caller.access), alerts: alerts.items }} me={me}>
      {children}
    </PanelFrame>
  );
}
