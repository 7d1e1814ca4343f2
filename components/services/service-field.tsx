"use client";

import { useServices } from "@/components/shell/live.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";
import { Select } from "@/components/ui/select.tsx";

interface ServiceFieldProps {
  label: string;
  hint?: string;
  error?: string | null;
  /** id; "": none */
  value: string;
  /** what none means; left out: one has to be chosen */
  none?: string;
  onChange: (id: string) => void;
}

/** One of the services; those on the board first. */
export function ServiceField({ label, hint, error, value, none, onChange }: ServiceFieldProps) {
  const services = [...useServices()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const options = services.map(({ id, name, supervisor }) => ({
    value: id,
    label: `${name} (${HELM_NAME[supervisor]})`,
  }));
  const known = value === "" || services.some(({ id }) => id === value);
  return (
    <FormField label={label} hint={hint} error={error ?? null}>
      {(attributes) => (
        <Select
          {...attributes}
          required={none === undefined}
          value={value}
          options={[
            { value: "", label: none ?? "Choose a service" },
            ...(known ? [] : [{ value, label: value }]),
            ...options,
          ]}
          onChange={onChange}
          className="w-full"
        />
      )}
    </FormField>
  );
}

function rank({ listed, pinned }: { listed: boolean; pinned: boolean }): number {
  return listed || pinned ? 0 : 1;
}
