"use client";

import { Ellipsis } from "lucide-react";
import type { RefObject } from "react";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useMay } from "@/components/shell/me.tsx";
import { Button } from "@/components/ui/button.tsx";
import { FilterField } from "@/components/ui/filter-field.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuItem } from "@/components/ui/menu.tsx";
import { Chips } from "@/components/ui/segmented.tsx";
import type { Asked } from "./volume-dialogs.tsx";
import { countShows, type Show, type VolumeView } from "./volume-view.ts";

interface VolumeToolbarProps {
  items: readonly Volume[];
  view: VolumeView;
  onChange: (change: Partial<VolumeView>) => void;
  field: RefObject<HTMLInputElement | null>;
  onAsk: (asked: Asked) => void;
}

const SHOWS: readonly { value: Show; label: string }[] = [
  { value: "all", label: "All" },
  { value: "overdue", label: "Overdue" },
  { value: "unscheduled", label: "No schedule" },
  { value: "unused", label: "Unused" },
];

/** What the list shows, and what can be brought into it. */
export function VolumeToolbar({ items, view, onChange, field, onAsk }: VolumeToolbarProps) {
  const counts = countShows(items);
  const configures = useMay("configure");
  const backs = useMay("backup");
  return (
    <search aria-label="Volumes" className="flex flex-none flex-wrap items-center gap-3 max-sm:gap-2">
      <FilterField
        label="Filter volumes"
        placeholder="Filter by volume or service"
        value={view.q}
        onChange={(q) => onChange({ q })}
        field={field}
      />
      <Chips
        label="Which volumes"
        value={view.show}
        options={SHOWS.map((option) => ({ ...option, count: counts[option.value] }))}
        onChange={(show) => onChange({ show })}
        className="max-sm:w-full max-sm:overflow-x-auto max-sm:[&>button]:h-11"
      />
      <div className="ml-auto flex items-center gap-1.5 max-sm:ml-0 max-sm:w-full">
        {backs ? (
          <Button onClick={() => onAsk({ kind: "import", volume: null })} className="max-sm:h-11 max-sm:flex-1">
            Import backup
          </Button>
        ) : null}
        {configures ? (
          <Menu
            trigger={
              <IconButton label="More for volumes" look="line" className="max-sm:size-11">
                <Ellipsis aria-hidden="true" />
              </IconButton>
            }
          >
            <MenuItem onSelect={() => onAsk({ kind: "create" })}>Create volume…</MenuItem>
          </Menu>
        ) : null}
      </div>
    </search>
  );
}
