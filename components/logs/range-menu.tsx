"use client";

import { ChevronDown, Clock } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Menu, MenuChoice, MenuSeparator } from "@/components/ui/menu.tsx";
import { dayOf, formatDay, formatLogTime, formatTick, type TimeStyle } from "./log-time.ts";
import { type LastRange, type LogRange, RANGES, THIS_BOOT } from "./log-view.ts";
import { useBoots } from "./use-log-sources.ts";

export const RANGE_NAME: Record<LastRange, string> = {
  "15m": "15 min",
  "30m": "30 min",
  "1h": "1 h",
  "6h": "6 h",
  "1d": "24 h",
  "7d": "7 d",
};

const ALL = "all";
const PART = "part";
const MOST_BOOTS = 8;

export interface RangeMenuProps {
  range: LogRange;
  times: TimeStyle;
  onChange: (range: LogRange) => void;
}

/** How far back, or everything that there is. */
export function RangeMenu({ range, times, onChange }: RangeMenuProps) {
  const [open, setOpen] = useState(false);
  const boots = useBoots(open);
  const value = range === null ? ALL : "last" in range ? range.last : "boot" in range ? range.boot : PART;
  return (
    <Menu
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" icon={<Clock aria-hidden="true" />} className="max-sm:h-8 max-sm:rounded-full">
          {rangeName(range, times)}
          <ChevronDown aria-hidden="true" />
        </Button>
      }
    >
      <MenuChoice
        label="Time range"
        value={value}
        options={[
          ...RANGES.map((last) => ({ value: last, label: `Last ${RANGE_NAME[last]}` })),
          { value: ALL, label: "All there is" },
        ]}
        onChange={(next) => onChange(next === ALL ? null : { last: next as LastRange })}
      />
      {boots.length > 0 ? (
        <>
          <MenuSeparator />
          <MenuChoice
            label="Boot"
            value={value}
            options={boots.slice(0, MOST_BOOTS).map(({ id, index, from }) => ({
              value: index === 0 ? THIS_BOOT : id,
              label: index === 0 ? `This boot, since ${bootTime(from, times)}` : `Boot of ${bootTime(from, times)}`,
            }))}
            onChange={(boot) => onChange({ boot })}
          />
        </>
      ) : null}
    </Menu>
  );
}

/** `Fri 14 Nov 2025, 14:02` */
function bootTime(time: string, times: TimeStyle): string {
  const style = times === "utc" ? "utc" : "local";
  return `${formatDay(dayOf(time, style))}, ${formatLogTime(time, style, 0).slice(0, 5)}`;
}

function rangeName(range: LogRange, times: TimeStyle): string {
  if (range === null) return "All there is";
  if ("last" in range) return `Last ${RANGE_NAME[range.last]}`;
  if ("boot" in range) return range.boot === THIS_BOOT ? "This boot" : "An earlier boot";
  const [from, to] = [Date.parse(range.since), Date.parse(range.until)];
  return `${formatTick(from, to - from, times)} to ${formatTick(to, to - from, times)}`;
}
