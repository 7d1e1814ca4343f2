"use client";

import { Copy, ListFilter } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { Button } from "@/components/ui/button.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { type FieldRow, fieldRows } from "./fields.ts";
import type { FieldFilter } from "./log-view.ts";

export interface LineFieldsProps {
  line: LogLine;
  fields: NonNullable<LogLine["fields"]>;
  onFilter: (field: FieldFilter) => void;
}

/** What a structured line holds; a value filters by itself. */
export function LineFields({ line, fields, onFilter }: LineFieldsProps) {
  const rows = fieldRows(fields);
  const { copied, copy } = useCopy();
  return (
    <div className="mt-0.5 mb-1.5 overflow-hidden rounded-control border border-border-strong bg-card">
      <div className="flex h-[30px] items-center gap-0.5 border-b border-hairline pr-0.5 pl-2.5 font-sans text-11 text-muted-foreground">
        <span className="mr-auto">
          {line.text.trimStart().startsWith("{") ? "JSON" : "logfmt"}, {plural(rows.length, "field")}
        </span>
        <Button
          variant="ghost"
          size="sm"
          icon={<Copy aria-hidden="true" />}
          onClick={() => void copy(line.text)}
          className="max-sm:h-[30px]"
        >
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 px-2.5 pt-1 pb-[5px] max-md:grid-cols-1">
        {rows.map((row) => (
          <Row key={row.path} row={row} onFilter={onFilter} />
        ))}
      </dl>
    </div>
  );
}

const KIND: Record<FieldRow["kind"], string> = { text: "", number: "text-systemd", word: "text-pm2" };

function Row({ row, onFilter }: { row: FieldRow; onFilter: (field: FieldFilter) => void }) {
  return (
    <div className="grid grid-cols-[minmax(104px,max-content)_minmax(0,1fr)] gap-x-3">
      <dt className="max-w-56 truncate text-muted-foreground" title={row.path}>
        {row.path}
      </dt>
      <dd className="min-w-0">
        <button
          type="button"
          title={`Filter by ${row.path}`}
          onClick={() => onFilter({ path: row.path, value: row.value })}
          className={cn(
            "group inline-flex max-w-full items-start gap-1.5 rounded-tag text-left hover:bg-accent max-sm:min-h-6",
            KIND[row.kind],
          )}
        >
          <span className="line-clamp-6 min-w-0 [overflow-wrap:anywhere]">{row.shown}</span>
          <ListFilter
            aria-hidden="true"
            className="mt-1 size-3 flex-none text-muted-foreground opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
          />
        </button>
      </dd>
    </div>
  );
}
