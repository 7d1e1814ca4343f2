"use client";

import { Lock, Pin, ScrollText } from "lucide-react";
import Link from "next/link";
import { memo, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Service } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { WORDS } from "@/components/shell/asking.ts";
import { useService } from "@/components/shell/live.ts";
import { logsHref } from "@/components/shell/places.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { ActionIcon, mainActions } from "./action-look.tsx";
import { InstanceRows } from "./instance-rows.tsx";
import { CpuFigure, MemoryFigure } from "./row-figures.tsx";
import { ROW_GRID } from "./row-grid.ts";
import { RowLine } from "./row-line.tsx";
import { rowModel } from "./row-model.ts";
import { ServiceMenu } from "./service-menu.tsx";
import { ServiceLink } from "./service-name.tsx";
import { useNeed } from "./use-need.ts";

export interface ServiceRowProps {
  id: string;
  hostTotal: number | null;
  /** among services of several supervisors: whose it is, and no instances */
  mixed?: boolean;
}

/** One service. It repaints alone, with its own state and figures. */
export const ServiceRow = memo(function ServiceRow({ id, hostTotal, mixed }: ServiceRowProps) {
  const service = useService(id);
  const need = useNeed(id);
  // the buttons are made for the row that somebody is at: hundreds of rows do without
  const [near, setNear] = useState(false);
  const [menu, setMenu] = useState(false);
  if (!service) return null;
  const model = rowModel(service, need);
  const stale = service.stale !== null;
  const up = service.state === "running" || service.state === "stopping";
  // nothing that runs uses nothing: its figure is not there yet
  const used = (up && service.memory?.used) || null;
  return (
    <li className="border-b border-hairline [content-visibility:auto] [contain-intrinsic-size:auto_53px] last:border-b-0 max-sm:[contain-intrinsic-size:auto_65px]">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: nearness only decides whether the buttons are made */}
      <div
        data-row={id}
        onPointerEnter={(event) => event.pointerType !== "touch" && setNear(true)}
        onPointerLeave={() => setNear(false)}
        onFocus={() => setNear(true)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setNear(false)}
        className={cn(
          ROW_GRID,
          "relative h-[52px] max-sm:h-16",
          "hover:bg-muted has-[a:focus-visible]:bg-accent has-[a:focus-visible]:shadow-[inset_2px_0_0_var(--foreground)]",
          stale && "text-muted-foreground",
        )}
      >
        <StateMark mark={model.mark} word={model.word ?? undefined} stale={stale} className={markClass(service)} />
        <div className={cn("min-w-0", model.wide ? "col-span-3" : !up && "max-sm:col-span-3")}>
          <div className="flex h-5 min-w-0 items-center">
            {mixed ? <HelmIcon kind={service.supervisor} named className="mr-[7px] size-3.5" /> : null}
            <ServiceLink
              service={service}
              off={model.off || stale}
              className="max-sm:after:absolute max-sm:after:inset-0"
            />
            {service.tag === null ? null : (
              <Tag className="ml-[7px] block min-w-0 shrink-[99] truncate pt-0 leading-[15px] max-sm:hidden">
                {service.tag}
              </Tag>
            )}
            <Marks service={service} />
          </div>
          <RowLine model={model} busy={service.pending !== null} stale={stale} />
        </div>
        {model.wide ? null : (
          <>
            {model.mark === "failed" ? (
              <span />
            ) : (
              <CpuFigure
                id={id}
                cpu={service.cpu}
                failing={model.mark === "restarting"}
                stale={stale}
                className={up ? undefined : "max-sm:hidden"}
              />
            )}
            <MemoryFigure
              used={used}
              limit={service.memory?.limit ?? null}
              hostTotal={hostTotal}
              stale={stale}
              className={up ? undefined : "max-sm:hidden"}
            />
          </>
        )}
        {near || menu ? <RowActions service={service} menu={menu} onMenu={setMenu} /> : null}
      </div>
      {mixed || service.instances.length < 2 ? null : <InstanceRows service={service} hostTotal={hostTotal} />}
    </li>
  );
});

function markClass(service: Service): string {
  return cn("mt-[11px] self-start max-sm:mt-[17px]", service.pending && "animate-spin motion-reduce:animate-none");
}

/** What somebody decided about it. */
function Marks({ service }: { service: Service }) {
  return (
    <>
      {service.protected ? (
        <span title="Protected" className="ml-[7px] flex-none text-subtle-foreground">
          <Lock aria-hidden="true" className="size-3 stroke-2" />
          <span className="sr-only">Protected</span>
        </span>
      ) : null}
      {service.pinned && !service.listed ? (
        <span title="Pinned to the board" className="ml-[7px] flex-none text-subtle-foreground">
          <Pin aria-hidden="true" className="size-3 stroke-2" />
          <span className="sr-only">Pinned to the board</span>
        </span>
      ) : null}
    </>
  );
}

function RowActions({ service, menu, onMenu }: { service: Service; menu: boolean; onMenu: (open: boolean) => void }) {
  const { act } = useAct();
  return (
    <div className="absolute inset-y-0 right-0 flex items-center gap-px bg-muted pr-2 pl-1 in-[:has(>div>a:focus-visible)]:bg-accent">
      <Link
        href={logsHref(service.id)}
        prefetch={false}
        aria-label={`Logs of ${service.name}`}
        title={`Logs of ${service.name}`}
        className="inline-flex h-7 w-[27px] flex-none items-center justify-center rounded-control text-muted-foreground hover:bg-border hover:text-foreground"
      >
        <ScrollText aria-hidden="true" className="icon" />
      </Link>
      {mainActions(service).map((action) => (
        <IconButton
          key={action}
          label={`${WORDS[action].verb} ${service.name}`}
          disabled={service.pending !== null}
          className="w-[27px] hover:bg-border"
          onClick={() => act(service, action)}
        >
          <ActionIcon action={action} />
        </IconButton>
      ))}
      <ServiceMenu service={service} open={menu} onOpenChange={onMenu} />
    </div>
  );
}
