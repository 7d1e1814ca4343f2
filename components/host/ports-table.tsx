import { Globe, House, ShieldAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import type { Listening } from "#lib/services/ports/shapes.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ServiceRef } from "@/components/services/service-ref.tsx";
import { addressWords } from "./port-rows.ts";

const HEADS = ["Port", "Address", "Owner", "Reached from", "Firewall"];
const GRID =
  "sm:grid sm:grid-cols-[88px_minmax(0,0.8fr)_minmax(0,1.4fr)_120px_minmax(0,0.9fr)] sm:items-start sm:gap-x-4";

/** The ledger as a table; on a phone each row is a few lines. */
export function PortsTable({ children }: { children: ReactNode }) {
  return (
    <div className="overflow-hidden rounded-panel border border-border bg-card">
      <div
        aria-hidden="true"
        className={cn(GRID, "border-b border-border px-4 py-2 text-11 text-subtle-foreground max-sm:hidden")}
      >
        {HEADS.map((head) => (
          <span key={head}>{head}</span>
        ))}
      </div>
      <ul aria-label="Ports">{children}</ul>
    </div>
  );
}

export function PortRow({ item }: { item: Listening }) {
  const { port, protocol, address, reach, firewall, exposed } = item;
  const Reach = reach === "network" ? Globe : House;
  return (
    <li
      className={cn(
        GRID,
        "border-hairline px-4 py-2 not-first:border-t max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:gap-y-1 max-sm:py-2.5",
      )}
    >
      <span className="num font-mono leading-5 font-medium">
        {port}
        <span className="font-normal text-subtle-foreground">/{protocol}</span>
      </span>
      <span className="min-w-0 truncate font-mono text-12 leading-5 text-muted-foreground" title={address}>
        {addressWords(address)}
      </span>
      <span className="min-w-0 max-sm:order-first max-sm:w-full">
        <Owner owner={item.owner} />
      </span>
      <span
        className={cn(
          "inline-flex items-center gap-1.5 text-12 leading-5 whitespace-nowrap",
          reach === "network" ? "text-foreground" : "text-muted-foreground",
        )}
      >
        <Reach aria-hidden="true" className="size-3.5 flex-none stroke-[1.75] text-muted-foreground" />
        {reach === "network" ? "the network" : "this machine"}
      </span>
      <span className="min-w-0 text-12 leading-5 text-muted-foreground max-sm:empty:hidden">
        {exposed ? (
          <span className="flex gap-1.5 leading-[18px] text-warn">
            <ShieldAlert aria-hidden="true" className="mt-px size-3.5 flex-none stroke-[1.75]" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <LiteralWords text={exposed} />
            </span>
          </span>
        ) : (
          firewall
        )}
      </span>
    </li>
  );
}

function Owner({ owner: { service, name, pid, kind, target } }: { owner: Listening["owner"] }) {
  return (
    <span className="flex min-w-0 items-center gap-2 leading-5">
      {service ? (
        <ServiceRef id={service} />
      ) : (
        <span className={cn("truncate font-mono", kind === "unknown" && "text-muted-foreground")} title={visible(name)}>
          <bdi>{kind === "unknown" && name === "" ? "not known" : visible(name)}</bdi>
        </span>
      )}
      {target === null ? null : <span className="num flex-none text-12 text-subtle-foreground">{target} inside</span>}
      {target === null && pid !== null && service ? (
        <span className="num flex-none text-12 text-subtle-foreground max-md:hidden">pid {pid}</span>
      ) : null}
    </span>
  );
}
