"use client";

import { ListFilter } from "lucide-react";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import type { AuditFilters } from "./audit-lines.ts";

const OUTCOMES: readonly { value: AuditFilters["outcome"]; label: string }[] = [
  { value: "", label: "Any outcome" },
  { value: "done", label: "Done" },
  { value: "refused", label: "Refused" },
  { value: "failed", label: "Failed" },
];
const TIMES: readonly { value: AuditFilters["since"]; label: string }[] = [
  { value: "", label: "Any time" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 h" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

interface AuditFilterBarProps {
  filters: AuditFilters;
  onChange: (filters: AuditFilters) => void;
}

/** Which rows are shown. */
export function AuditFilterBar({ filters, onChange }: AuditFilterBarProps) {
  const text = (name: "q" | "actor" | "action" | "subject", label: string, placeholder: string) => (
    <TextField
      type="search"
      label={label}
      placeholder={placeholder}
      mono={name !== "q"}
      icon={name === "q" ? <ListFilter aria-hidden="true" /> : undefined}
      value={filters[name]}
      onChange={(event) => onChange({ ...filters, [name]: event.target.value })}
      className="max-sm:h-11"
    />
  );
  return (
    <search aria-label="Filter the trail" className="grid grid-cols-6 gap-2 max-xl:grid-cols-3 max-sm:grid-cols-2">
      {text("q", "Search the trail", "Anything")}
      {text("actor", "Who", "Who")}
      {text("action", "Action", "service.restart")}
      {text("subject", "Subject", "Subject")}
      <Select
        label="Outcome"
        value={filters.outcome}
        options={OUTCOMES}
        onChange={(outcome) => onChange({ ...filters, outcome })}
      />
      <Select
        label="Time"
        value={filters.since}
        options={TIMES}
        onChange={(since) => onChange({ ...filters, since })}
      />
    </search>
  );
}
