"use client";

import { visible } from "#lib/format/visible.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { useService } from "@/components/shell/live.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";

/** A service that uses a volume: whose it is, and that it stands still where it does. */
export function VolumeUser({ id, short }: { id: string; short?: boolean }) {
  const service = useService(id);
  const name = service ? (short ? service.title : service.name) : (parseServiceId(id)?.name ?? id);
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <HelmIcon kind={service?.supervisor ?? "docker"} named className="size-[13px]" />
      <span className="truncate">{visible(name)}</span>
      {service?.state === "stopped" && !short ? <span className="ml-1.5 text-subtle-foreground">stopped</span> : null}
    </span>
  );
}
