import Link from "next/link";
import { cn } from "#lib/format/cn.ts";
import type { Service } from "#lib/services/service.ts";
import { serviceHref } from "@/components/shell/places.ts";
import { splitName } from "./row-model.ts";

type Named = Pick<Service, "id" | "name" | "supervisor">;

/** The name as its supervisor calls it, a link to its page. Isolated, so that a name in another direction stays in its place. */
export function ServiceLink({ service, off, className }: { service: Named; off?: boolean; className?: string }) {
  const { name, suffix } = splitName(service);
  return (
    <>
      <Link
        href={serviceHref(service.id)}
        prefetch={false}
        title={`${name}${suffix}`}
        aria-label={`${name}${suffix}`}
        className={cn(NAME, "font-medium", off && "text-muted-foreground", className)}
      >
        <bdi>{name}</bdi>
      </Link>
      {/* beside the link, so that a narrow row cuts it before anything else */}
      {suffix ? (
        <span aria-hidden="true" className={cn(NAME, "shrink-[9999] text-subtle-foreground")}>
          {suffix}
        </span>
      ) : null}
    </>
  );
}

/** how a name stands in a row */
export const NAME = "min-w-0 truncate font-mono text-13 tracking-[-0.01em]";

export function ServiceName({ service }: { service: Pick<Service, "name" | "supervisor"> }) {
  const { name, suffix } = splitName(service);
  return (
    <>
      <bdi>{name}</bdi>
      {suffix ? <span className="font-normal text-subtle-foreground">{suffix}</span> : null}
    </>
  );
}
