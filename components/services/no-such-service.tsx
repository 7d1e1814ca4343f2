"use client";

import Link from "next/link";
import { useServices } from "@/components/shell/live.ts";
import { serviceHref } from "@/components/shell/places.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";

/** An address without a service: says what is missing, and offers those of the same name elsewhere. `id` null: it names none. */
export function NoSuchService({ id }: { id: { scope: string; name: string } | null }) {
  const services = useServices();
  const alike = id ? services.filter((service) => service.name === id.name).slice(0, 5) : [];
  return (
    <div className="flex flex-1 items-start justify-center p-5">
      <section className="mt-[12vh] grid w-full max-w-[460px] justify-items-start gap-1 rounded-panel border border-border bg-card px-6 pt-7 pb-[30px]">
        <h1 className="text-14 font-semibold [overflow-wrap:anywhere]">
          {id ? (
            <>
              There is no <code className="font-mono">{id.name}</code> here
            </>
          ) : (
            "This address names no service"
          )}
        </h1>
        <p className="text-pretty text-muted-foreground">
          {id
            ? `${id.scope} does not know it, or not yet. It may have been removed or renamed.`
            : "It should be a host, a scope and a name, such as local/docker/umami."}
        </p>
        {alike.length === 0 ? null : (
          <ul aria-label="Of the same name" className="mt-2 grid gap-1">
            {alike.map((service) => (
              <li key={service.id} className="flex items-center gap-1.5">
                <HelmIcon kind={service.supervisor} named className="size-3.5" />
                <Link href={serviceHref(service.id)} className="textlink font-mono">
                  {service.scope} {service.name}
                </Link>
              </li>
            ))}
          </ul>
        )}
        <div className="mt-3">
          <Link href="/" className={buttonStyle()}>
            Go to overview
          </Link>
        </div>
      </section>
    </div>
  );
}
