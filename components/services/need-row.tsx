"use client";

import { QrCode } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Need } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { WORDS } from "@/components/shell/asking.ts";
import { useService } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { logsHref, relayHref } from "@/components/shell/places.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { ActionIcon } from "./action-look.tsx";
import { EvidenceStrip } from "./evidence-strip.tsx";
import { LiteralWords } from "./literal-words.tsx";
import { NEED_GRID } from "./need-grid.ts";
import { ServiceLink } from "./service-name.tsx";

/** One thing that waits for a person: what, why, the shape of its past, one likely action. `over`: it has passed. */
export const NeedRow = memo(function NeedRow({ need, over }: { need: Need; over: boolean }) {
  const service = useService(need.service);
  const { act } = useAct();
  const mayAct = useMay("act");
  if (!service) return null;
  const offered = over || service.pending ? null : need.action;
  const action = offered !== null && service.actions.includes(offered) ? offered : null;
  return (
    <li data-need={need.service} className={cn(NEED_GRID, "relative hover:bg-muted", over && "text-muted-foreground")}>
      <StateMark
        mark={over ? "running" : need.kind === "code" ? "human" : need.kind}
        className="max-sm:mt-[3px] max-sm:self-start"
      />
      <div className="flex min-w-0 items-center max-sm:flex-wrap max-sm:self-end">
        <HelmIcon kind={service.supervisor} named className="mr-[7px] size-3.5" />
        <ServiceLink
          service={service}
          className="leading-5 max-sm:max-w-[calc(100%-21px)] max-sm:after:absolute max-sm:after:inset-y-0 max-sm:after:right-28 max-sm:after:left-0"
        />
        <span className="ml-[7px] flex-none font-medium whitespace-nowrap max-sm:ml-0 max-sm:block max-sm:basis-full max-sm:leading-[18px] max-sm:first-letter:uppercase">
          {over ? "as it should be again" : need.what}
          {need.since === null || over || need.kind === "restarting" ? null : (
            <span className="sm:hidden">
              {" "}
              <TimeAgo time={need.since} ago={need.kind === "failed"} />
            </span>
          )}
        </span>
      </div>
      <p className="truncate text-muted-foreground max-sm:col-start-2 max-sm:self-start max-sm:text-12">
        {over ? null : service.pending ? (
          `${WORDS[service.pending.action].verb}: under way, asked by ${service.pending.actor}`
        ) : (
          <LiteralWords text={need.why} />
        )}
      </p>
      {over ? (
        <span className="max-xl:hidden" />
      ) : (
        <EvidenceStrip need={need} every={service.code?.every ?? null} className="max-xl:hidden" />
      )}
      <div className="num text-right text-12 text-muted-foreground max-sm:hidden">
        {need.since === null || over ? null : <TimeAgo time={need.since} />}
      </div>
      <div className="flex justify-end gap-1 max-sm:col-start-3 max-sm:row-span-2 max-sm:row-start-1">
        <Link
          href={logsHref(need.service)}
          prefetch={false}
          className={cn(buttonStyle({ variant: "ghost", size: "sm" }), "max-sm:hidden")}
          aria-label={`Logs of ${service.name}`}
        >
          Logs
        </Link>
        {action ? (
          <Button
            size="sm"
            icon={<ActionIcon action={action} />}
            className="sm:w-[92px] sm:justify-start max-sm:h-11 max-sm:min-w-[84px] max-sm:px-3 max-sm:text-13"
            aria-label={`${WORDS[action].verb} ${service.name}`}
            onClick={() => act(service, action)}
          >
            {WORDS[action].verb}
          </Button>
        ) : need.kind === "code" && mayAct && !over ? (
          <Link
            href={relayHref(need.service, { show: true })}
            prefetch={false}
            aria-label={`Show the QR code of ${service.name}`}
            className={buttonStyle({
              size: "sm",
              className: "sm:w-[92px] sm:justify-start max-sm:h-11 max-sm:min-w-[84px] max-sm:px-3 max-sm:text-13",
            })}
          >
            <QrCode aria-hidden="true" />
            Show QR
          </Link>
        ) : (
          <span className="max-sm:hidden sm:w-[92px]" />
        )}
      </div>
    </li>
  );
});
