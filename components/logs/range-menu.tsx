"use client";

import { ChevronDown, Clock } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { Menu, MenuChoice } from "@/components/ui/menu.tsx";
import { formatTick, type TimeStyle } from "./log-time.ts";
import { type LastRange, type LogRange, RANGES } from "./log-view.ts";

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

export interface RangeMenuProps {
  range: LogRange;
  times: TimeStyle;
  onChange: (range: LogRange) => void;
}

/** How far back, or everything that there is. */
export function RangeMenu({ range, times, onChange }: RangeMenuProps) {
  const value = range === null ? ALL : "last" in range ? range.last : PART;
  return (
    <Menu
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
    </Menu>
  );
}

function rangeName(range: LogRange, times: TimeStyle): string {
  if (range === null) return "All there is";
  if ("last" in range) return `Last ${RANGE_NAME[range.last]}`;
  const [from, to] = [Date.parse(range.since), Date.parse(range.until)];
  return `${formatTick(from, to - from, times)} to ${formatTick(to, to - from, times)}`;
}
