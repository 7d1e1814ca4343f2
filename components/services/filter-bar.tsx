"use client";

import { ChevronDown } from "lucide-react";
import type { RefObject } from "react";
import { cn } from "#lib/format/cn.ts";
import { Button } from "@/components/ui/button.tsx";
import { FilterField } from "@/components/ui/filter-field.tsx";
import { Menu, MenuChoice } from "@/components/ui/menu.tsx";
import { Chips, Segmented } from "@/components/ui/segmented.tsx";
import type { BoardSort, BoardState, BoardView } from "./board-view.ts";

interface FilterBarProps {
  view: BoardView;
  counts: Record<BoardState, number>;
  onChange: (change: Partial<BoardView>) => void;
  field: RefObject<HTMLInputElement | null>;
  /** on a phone it opens from a button beside the tabs */
  open: boolean;
}

const STATES: readonly { value: BoardState; label: string }[] = [
  { value: "all", label: "All" },
  { value: "needs", label: "Needs you" },
  { value: "running", label: "Running" },
  { value: "stopped", label: "Stopped" },
];

const SORTS: readonly { value: BoardSort; label: string }[] = [
  { value: "state", label: "State, worst first" },
  { value: "name", label: "Name" },
  { value: "cpu", label: "CPU, most first" },
  { value: "memory", label: "Memory, most first" },
];

const SORT_WORD: Record<BoardSort, string> = { state: "state", name: "name", cpu: "CPU", memory: "memory" };

/** What the board shows and in which order. */
export function FilterBar({ view, counts, onChange, field, open }: FilterBarProps) {
  return (
    <search
      id="board-filter"
      aria-label="Services"
      className={cn("flex flex-wrap items-center gap-3 max-sm:gap-2", !open && "max-sm:hidden")}
    >
      <FilterField
        label="Filter services"
        placeholder="Filter by name, port, image or state"
        value={view.q}
        onChange={(q) => onChange({ q })}
        field={field}
      />
      <Chips
        label="State"
        value={view.state}
        options={STATES.map((option) => ({ ...option, count: counts[option.value] }))}
        onChange={(state) => onChange({ state })}
        className="max-sm:w-full max-sm:overflow-x-auto max-sm:[&>button]:h-11"
      />
      <div className="ml-auto flex items-center gap-2.5 max-sm:ml-0 max-sm:w-full">
        <Segmented
          label="Group services"
          value={view.group}
          options={[
            { value: "supervisor", label: "By supervisor" },
            { value: "app", label: "By app" },
          ]}
          onChange={(group) => onChange({ group })}
          className="max-sm:h-11 max-sm:flex-1 max-sm:[&>button]:flex-1 max-sm:[&>button]:justify-center"
        />
        <Menu
          trigger={
            <Button className="max-sm:h-11">
              Sort: {SORT_WORD[view.sort]}
              <ChevronDown aria-hidden="true" />
            </Button>
          }
        >
          <MenuChoice label="Sort order" value={view.sort} options={SORTS} onChange={(sort) => onChange({ sort })} />
        </Menu>
      </div>
    </search>
  );
}
