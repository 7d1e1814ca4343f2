"use client";

import type { Source } from "#lib/backups/shapes.ts";
import { visible } from "#lib/format/visible.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import type { Service } from "#lib/services/service.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useServices } from "@/components/shell/live.ts";
import { useReading } from "@/components/shell/use-reading.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

export type SourceKind = "volume" | "path" | "service" | "stack";

const KINDS = [
  { value: "volume", label: "Volume" },
  { value: "path", label: "Folder" },
  { value: "service", label: "Service" },
  { value: "stack", label: "Stack" },
] as const;

const HINT: Record<SourceKind, string> = {
  volume: "A Docker volume with all that is in it.",
  path: "A folder of this host, by its absolute path.",
  service: "A unit with its files and state, or a PM2 app with its folder, without node_modules.",
  stack: "Every volume of a compose project and its compose and .env files, at one moment.",
};

interface SourcePickerProps {
  kind: SourceKind;
  value: string;
  onChange: (kind: SourceKind, value: string) => void;
}

/** What is backed up: one of four kinds, and which. */
export function SourcePicker({ kind, value, onChange }: SourcePickerProps) {
  const services = useServices();
  const volumes = useReading<{ items: Volume[] }>("/volumes").data?.items ?? [];
  const options = {
    volume: volumes.map(({ id, name }) => ({ value: id, label: visible(name) })),
    service: services.filter(isWhole).map((service) => ({
      value: service.id,
      label: `${visible(service.name)} (${HELM_NAME[service.supervisor]})`,
    })),
    stack: stacksOf(services),
  };
  return (
    <div className="grid gap-2">
      <Segmented
        label="What is backed up"
        value={kind}
        options={KINDS}
        onChange={(next) => onChange(next, "")}
        className="justify-self-start max-sm:h-11"
      />
      <FormField label={KINDS.find((one) => one.value === kind)?.label} hint={HINT[kind]}>
        {(attributes) =>
          kind === "path" ? (
            <TextField
              {...attributes}
              mono
              placeholder="/srv/data"
              value={value}
              onChange={(event) => onChange(kind, event.target.value)}
              className="w-full max-sm:h-11"
            />
          ) : (
            <Select
              {...attributes}
              value={value}
              options={[{ value: "", label: "Choose one" }, ...options[kind]]}
              onChange={(next) => onChange(kind, next)}
              className="w-full"
            />
          )
        }
      </FormField>
    </div>
  );
}

/** What the API takes; null while nothing is chosen. */
export function sourceOf(kind: SourceKind, value: string): Source | null {
  if (value.trim() === "") return null;
  if (kind === "path") return { path: value.trim() };
  if (kind === "volume") return { volume: value };
  return kind === "service" ? { service: value } : { stack: value };
}

function isWhole({ supervisor, listed, pinned }: Service): boolean {
  return (supervisor === "systemd" || supervisor === "pm2") && (listed || pinned);
}

function stacksOf(services: readonly Service[]): { value: string; label: string }[] {
  const found = new Map<string, string>();
  for (const { id, group, supervisor } of services) {
    const place = parseServiceId(id);
    if (!group || !place || (supervisor !== "docker" && supervisor !== "podman")) continue;
    found.set(serviceId(place.host, place.scope, group), visible(group));
  }
  return [...found].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
}
