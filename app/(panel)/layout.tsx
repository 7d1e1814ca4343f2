import type { ReactNode } from "react";
import { readBoard } from "#lib/services/read.ts";
import { PanelFrame } from "@/components/shell/panel-frame.tsx";

export const dynamic = "force-dynamic";

export default function PanelLayout({ children }: { children: ReactNode }) {
  return <PanelFrame first={readBoard()}>{children}</PanelFrame>;
}
