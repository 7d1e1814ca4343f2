"use client";

import { X } from "lucide-react";
import type { FieldFilter } from "./log-view.ts";

/** The values that every shown line has. */
export function FieldChips({
  fields,
  onChange,
}: {
  fields: readonly FieldFilter[];
  onChange: (fields: FieldFilter[]) => void;
}) {
  if (fields.length === 0) return null;
  return (
    <ul
      aria-label="Field filters"
      className="flex flex-none flex-wrap gap-1.5 border-b border-hairline bg-background px-4 py-1.5 max-sm:px-3"
    >
      {fields.map((field) => {
        const { path, value } = field;
        return (
          <li key={`${path} ${value}`}>
            <button
              type="button"
              title={`Remove filter ${path}`}
              onClick={() => onChange(fields.filter((known) => known !== field))}
              className="inline-flex h-[22px] max-w-96 items-center gap-1.5 rounded-tag border border-border-strong bg-accent pr-1 pl-2 font-mono text-12 max-sm:h-9"
            >
              <span className="text-muted-foreground">{path}</span>
              <span className="truncate">{value}</span>
              <X aria-hidden="true" className="size-3.5 flex-none text-muted-foreground" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
