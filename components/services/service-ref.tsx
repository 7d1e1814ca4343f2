"use client";

import Link from "next/link";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { useService } from "@/components/shell/live.ts";
import { serviceHref } from "@/components/shell/places.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";

/** A service that something is about, as a link to its page; one that is gone is named as far as its id says. */
export function ServiceRef({ id, className }: { id: string; className?: string }) {
  const service = useService(id);
  const name = visible(service?.name ?? parseServiceId(id)?.name ?? id);
  return (
    <span className={cn("inline-flex max-w-full min-w-0 items-center gap-1.5", className)}>
      {service ? <HelmIcon kind={service.supervisor} named className="size-[13px]" /> : null}
      {service ? (
        <Link
          href={serviceHref(id)}
          prefetch={false}
          title={name}
          className="truncate rounded-tag font-mono underline-offset-3 hover:underline"
        >
          <bdi>{name}</bdi>
        </Link>
      ) : (
        <span className="truncate font-mono text-muted-foreground" title="It is not here any more">
          <bdi>{name}</bdi>
        </span>
      )}
    </span>
  );
}
