"use client";

import { ListFilter } from "lucide-react";
import { type ReactNode, type RefObject, useDeferredValue, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import type { ServiceDetail } from "#lib/services/detail.ts";
import { Button } from "@/components/ui/button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { matchesProperty, type Property } from "./flatten.ts";
import { SecretValue } from "./secret-value.tsx";

interface TableProps {
  /** `secret` stands in place of a value that is hidden */
  rows: readonly (Property & { secret?: ReactNode })[];
  label: string;
  field: RefObject<HTMLInputElement | null>;
  note?: ReactNode;
}

/** Names and values with a search over both. */
export function PropertyTable({ rows, label, field, note }: TableProps) {
  const [q, setQ] = useState("");
  const asked = useDeferredValue(q.trim());
  const found = asked ? rows.filter((row) => matchesProperty(row, asked)) : rows;
  return (
    <div className="grid grid-cols-1 gap-2.5">
      <div className="flex flex-wrap items-center gap-3">
        <TextField
          ref={field}
          type="search"
          label={`Search ${label}`}
          placeholder={`Search ${label}`}
          icon={<ListFilter aria-hidden="true" />}
          end={<Kbd className="max-sm:hidden">/</Kbd>}
          value={q}
          onChange={(event) => setQ(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            if (q) setQ("");
            else event.currentTarget.blur();
          }}
          className="w-[300px] pr-1.5 max-sm:h-11 max-sm:w-full"
        />
        <span role="status" className="text-12 text-muted-foreground">
          {asked ? `${found.length} of ${rows.length}` : plural(rows.length, "value")}
        </span>
        {note ? <span className="text-12 text-muted-foreground">{note}</span> : null}
      </div>
      {found.length === 0 ? (
        <div className="grid justify-items-start gap-2 py-4">
          <p className="text-muted-foreground">Nothing matches “{asked}”.</p>
          <Button onClick={() => setQ("")}>Clear search</Button>
        </div>
      ) : (
        <dl className="overflow-hidden rounded-panel border border-border bg-card">
          {found.map((row) => (
            <div
              key={row.path}
              className="grid grid-cols-[minmax(0,240px)_minmax(0,1fr)] gap-x-4 border-b border-hairline px-3.5 py-1 [contain-intrinsic-size:auto_29px] [content-visibility:auto] last:border-b-0 hover:bg-muted max-sm:grid-cols-1"
            >
              <dt className="font-mono text-12 leading-5 [overflow-wrap:anywhere] text-muted-foreground">{row.path}</dt>
              <dd className="font-mono text-12 leading-5 [overflow-wrap:anywhere] whitespace-pre-wrap">
                {row.secret ?? row.value}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

interface EnvironmentTableProps {
  service: string;
  environment: ServiceDetail["environment"];
  field: RefObject<HTMLInputElement | null>;
}

/** Variables by name; those that look like secrets are there with their name alone, until somebody who may asks for one. */
export function EnvironmentTable({ service, environment, field }: EnvironmentTableProps) {
  const hidden = environment.filter((variable) => variable.masked).length;
  return (
    <PropertyTable
      label="variables"
      field={field}
      rows={environment.map(({ name, value, masked }) => ({
        path: name,
        value: value ?? "",
        ...(masked ? { secret: <SecretValue service={service} name={name} /> } : {}),
      }))}
      note={hidden === 0 ? null : `${plural(hidden, "value")} hidden: they look like secrets.`}
    />
  );
}
