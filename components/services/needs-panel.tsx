"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Count } from "@/components/ui/tag.tsx";
import { AlertNeedRow } from "./alert-need-row.tsx";
import { NeedRow } from "./need-row.tsx";
import { useWaiting, type Waiting } from "./use-waiting.ts";

/** On a phone only the first few are shown at once. */
const FEW = 3;

interface NeedsPanelProps {
  /** services on the board */
  total: number;
  /** of these, how many cannot be asked after now */
  unknown: number;
  /** somebody points at the rows below: nothing may push them away */
  held: Waiting | null;
}

/** What waits for a person, or one line that says that nothing does. The list never disappears, so nobody wonders. */
export function NeedsPanel({ total, unknown, held }: NeedsPanelProps) {
  const { needs, alerts } = useWaiting();
  const [all, setAll] = useState(false);
  const shown = held ?? { needs, alerts };
  const rows = shown.needs.length + shown.alerts.length;
  const waiting = needs.length + alerts.length;
  if (rows === 0) return <Quiet total={total} unknown={unknown} waiting={waiting} />;
  const current = new Map(needs.map((need) => [need.service, need]));
  const open = new Map(alerts.map((alert) => [alert.id, alert]));
  const later =
    needs.filter((need) => !shown.needs.some((known) => known.service === need.service)).length +
    alerts.filter((alert) => !shown.alerts.some((known) => known.id === alert.id)).length;
  const more = rows - FEW;
  return (
    <Panel aria-labelledby="needs" className="overflow-hidden">
      <header className="flex h-9 items-center gap-2 border-b border-hairline px-3.5 max-sm:h-[38px]">
        <h2 id="needs" className="text-13 font-semibold max-sm:text-14">
          Needs you
        </h2>
        <span role="status" className="contents">
          <Count>{waiting}</Count>
          {later > 0 ? <span className="text-12 text-muted-foreground">{later} new</span> : null}
        </span>
      </header>
      <ul className={cn(!all && "max-sm:[&>li:nth-child(n+4)]:hidden")}>
        {shown.needs.map((need) => (
          <NeedRow key={need.service} need={current.get(need.service) ?? need} over={!current.has(need.service)} />
        ))}
        {shown.alerts.map((alert) => (
          <AlertNeedRow key={alert.id} alert={open.get(alert.id) ?? alert} over={!open.has(alert.id)} />
        ))}
      </ul>
      {more > 0 ? (
        <button
          type="button"
          aria-expanded={all}
          onClick={() => setAll(!all)}
          className="flex h-11 w-full items-center justify-center gap-1.5 border-t border-hairline text-13 font-medium text-muted-foreground sm:hidden"
        >
          {all ? "Show fewer" : `Show ${more} more`}
          {all ? (
            <ChevronUp aria-hidden="true" className="icon" />
          ) : (
            <ChevronDown aria-hidden="true" className="icon" />
          )}
        </button>
      ) : null}
    </Panel>
  );
}

function Quiet({ total, unknown, waiting }: { total: number; unknown: number; waiting: number }) {
  const well = total - unknown;
  const fine = well > 0 ? `${plural(well, "service")} as ${well === 1 ? "it" : "they"} should be` : null;
  const blind = unknown > 0 ? `${fine ? unknown : plural(unknown, "service")} not known now` : null;
  return (
    <Panel aria-labelledby="needs" className="overflow-hidden">
      <div role="status" className="flex min-h-9 flex-wrap items-center gap-x-2 px-3.5 py-1.5">
        <StateMark mark={unknown > 0 ? "unknown" : "running"} word="" />
        <h2 id="needs" className="text-13 font-semibold">
          {waiting > 0 ? "Needs you" : unknown > 0 ? "Nothing known needs you" : "Nothing needs you"}
        </h2>
        {waiting > 0 ? <Count>{waiting}</Count> : null}
        {total === 0 ? null : (
          <span className="text-muted-foreground">
            {waiting > 0 ? `${waiting} new` : `${[fine, blind].filter(Boolean).join(", ")}.`}
          </span>
        )}
      </div>
    </Panel>
  );
}
