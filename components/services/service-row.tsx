"use client";

import { Lock, Pin, ScrollText } from "lucide-react";
import Link from "next/link";
import { memo, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import type { Service } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { WORDS } from "@/components/shell/asking.ts";
import { logsHref } from "@/components/shell/places.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { ActionIcon, mainActions } from "./action-look.tsx";
import { InstanceRows } from "./instance-rows.tsx";
import { CpuFigure, RowMemory } from "./row-figures.tsx";
import { ROW_GRID } from "./row-grid.ts";
import { RowLine } from "./row-line.tsx";
import { rowModel } from "./row-model.ts";
import { ServiceMenu } from "./service-menu.tsx";
import { ServiceLink } from "./service-name.tsx";
import { useNeed } from "./use-need.ts";
import { useStanding } from "./use-standing.ts";

interface ServiceRowProps {
  id: string;
  hostTotal: number | null;
  /** among services of several supervisors: whose it is, and no instances */
  mixed?: boolean;
  /** one of hundreds: off the screen it is not laid out */
  many?: boolean;
}

/** One service. It repaints alone, with its own state and figures. */
export const ServiceRow = memo(function ServiceRow({ id, hostTotal, mixed, many }: ServiceRowProps) {
  const service = useStanding(id);
  const need = useNeed(id);
  // the buttons are made for the row that somebody is at: hundreds of rows do without
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [menu, setMenu] = useState(false);
  if (!service) return null;
  const model = rowModel(service, need);
  const stale = service.stale !== null;
  const up = model.mark !== "failed" && HAS_PROCESSES.has(service.state);
  return (
    <li
      className={cn(
        "border-b border-hairline last:border-b-0",
        many &&
          "[contain-intrinsic-size:auto_53px] [content-visibility:auto] max-sm:[contain-intrinsic-size:auto_65px]",
      )}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: nearness only decides whether the buttons are made */}
      <div
        data-row={id}
        onPointerEnter={(event) => event.pointerType !== "touch" && setPointed(true)}
        onPointerLeave={() => setPointed(false)}
        onFocus={() => setFocused(true)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(false)}
        className={cn(
          ROW_GRID,
          "relative h-[52px] max-sm:h-16",
          "bg-card hover:bg-muted has-[a:focus-visible]:bg-accent has-[a:focus-visible]:shadow-[inset_2px_0_0_var(--foreground)]",
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
                {visible(service.tag)}
              </Tag>
            )}
            <Marks service={service} />
          </div>
          <RowLine model={model} busy={service.pending !== null} stale={stale} />
        </div>
        {model.wide ? null : (
          <>
            {model.mark === "failed" ? (
              <span className="max-sm:hidden" />
            ) : (
              <CpuFigure
                id={id}
                failing={model.mark === "restarting"}
                stale={stale}
                className={up ? undefined : "max-sm:hidden"}
              />
            )}
            <RowMemory
              id={id}
              up={up}
              hostTotal={hostTotal}
              stale={stale}
              className={up ? undefined : "max-sm:hidden"}
            />
          </>
        )}
        {pointed || focused || menu ? <RowActions service={service} menu={menu} onMenu={setMenu} /> : null}
      </div>
      {mixed || service.instances.length < 2 ? null : <InstanceRows id={id} hostTotal={hostTotal} />}
    </li>
  );
});

const HAS_PROCESSES = new Set<Service["state"]>(["running", "starting", "stopping", "paused", "unknown"]);

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
    <div className="absolute inset-y-0 right-0 flex min-w-[120px] items-center justify-end gap-px bg-inherit pr-2">
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
