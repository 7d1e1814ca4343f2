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
import { ActionIcon } from "./action-look.tsx";
import { EvidenceStrip } from "./evidence-strip.tsx";
import { LiteralWords } from "./literal-words.tsx";
import { NeedLine } from "./need-line.tsx";
import { ServiceLink } from "./service-name.tsx";

/** One thing that waits for a person: what, why, the shape of its past, one likely action. `over`: it has passed. */
export const NeedRow = memo(function NeedRow({ need, over }: { need: Need; over: boolean }) {
  const service = useService(need.service);
  const { act } = useAct();
  const mayAct = useMay("act");
  if (!service) return null;
  const offered = over || service.pending ? null : need.action;
  const action = offered !== null && service.actions.includes(offered) ? offered : null;
  const since = over ? null : need.since;
  return (
    <NeedLine
      service={need.service}
      mark={need.kind === "code" ? "human" : need.kind}
      over={over}
      who={
        <>
          <HelmIcon kind={service.supervisor} named className="mr-[7px] size-3.5" />
          <ServiceLink
            service={service}
            className="leading-5 max-sm:max-w-[calc(100%-21px)] max-sm:after:absolute max-sm:after:inset-y-0 max-sm:after:right-28 max-sm:after:left-0"
          />
        </>
      }
      what={over ? "as it should be again" : need.what}
      why={
        over ? null : service.pending ? (
          `${WORDS[service.pending.action].verb}: under way, asked by ${service.pending.actor}`
        ) : (
          <LiteralWords text={need.why} />
        )
      }
      since={since}
      age={need.kind === "restarting" ? null : { ago: need.kind === "failed" }}
      past={over ? null : <EvidenceStrip need={need} every={service.code?.every ?? null} className="max-xl:hidden" />}
      className="max-sm:col-start-3 max-sm:row-span-2 max-sm:row-start-1"
    >
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
    </NeedLine>
  );
});
