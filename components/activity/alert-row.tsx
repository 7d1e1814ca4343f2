"use client";

import { Check } from "lucide-react";
import Link from "next/link";
import { memo, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { useService } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { alertHref } from "@/components/shell/places.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { acknowledge } from "./alert-acts.ts";
import { alertMark, countWords, lasted, titleParts } from "./alert-words.ts";

export const ALERT_GRID =
  "grid items-center gap-x-3.5 px-3.5 sm:grid-cols-[14px_minmax(0,1fr)_88px_72px_124px] max-sm:grid-cols-[14px_minmax(0,1fr)_auto] max-sm:gap-x-2.5";

interface AlertRowProps {
  alert: Alert;
  parts: readonly Alert[];
  onChange: (alert: Alert) => void;
}

/** One alert: what, why, how often, since when, who has taken it on. The whole row leads to it. */
export const AlertRow = memo(function AlertRow({ alert, parts, onChange }: AlertRowProps) {
  const [busy, setBusy] = useState(false);
  const mayAct = useMay("act");
  const over = alert.state === "ended";
  const take = async () => {
    setBusy(true);
    const taken = await acknowledge(alert);
    setBusy(false);
    if (taken) onChange(taken);
  };
  return (
    <li className="border-hairline not-first:border-t">
      <div data-alert={alert.id} className={cn(ALERT_GRID, "relative min-h-13 py-1.5 hover:bg-muted max-sm:py-2.5")}>
        <StateMark
          mark={alertMark(alert)}
          word={over ? "Ended" : undefined}
          className={cn("max-sm:mt-[3px] max-sm:self-start", !over && alert.severity === "critical" && "text-fail")}
        />
        <div className="min-w-0">
          <AlertTitle alert={alert} parts={parts.length || alert.parts} />
          <p className="truncate text-12 text-muted-foreground max-sm:line-clamp-2 max-sm:whitespace-normal">
            {over && alert.ending ? alert.ending : <LiteralWords text={alert.why} />}
          </p>
          <p className="mt-0.5 text-12 text-muted-foreground sm:hidden">
            <Times alert={alert} />
            <Taken alert={alert} className="ml-2" />
          </p>
        </div>
        <span className="num truncate text-right text-12 text-muted-foreground max-sm:hidden">{countWords(alert)}</span>
        <span className="num text-right text-12 text-muted-foreground max-sm:hidden">
          <Times alert={alert} />
        </span>
        <div className="relative flex justify-end">
          {alert.state === "open" && mayAct ? (
            <Button
              size="sm"
              icon={<Check aria-hidden="true" />}
              disabled={busy}
              onClick={take}
              aria-label={`Acknowledge ${alert.title}`}
              className="max-sm:h-11 max-sm:px-3"
            >
              <span className="max-sm:sr-only">Acknowledge</span>
            </Button>
          ) : (
            <Taken alert={alert} className="max-sm:hidden" />
          )}
        </div>
      </div>
      {parts.length > 0 ? <Parts parts={parts} /> : null}
    </li>
  );
});

/** Its name as a service is named everywhere, and what is with it; the whole of it is the way to the alert. */
export function AlertTitle({ alert, parts = 0 }: { alert: Alert; parts?: number }) {
  const service = useService(alert.service ?? "");
  return (
    <div className="flex min-w-0 items-center gap-[7px]">
      {service ? <HelmIcon kind={service.supervisor} named className="size-3.5 flex-none" /> : null}
      <Link
        href={alertHref(alert.id)}
        prefetch={false}
        className={cn(
          "truncate font-medium after:absolute after:inset-0 max-sm:whitespace-normal",
          alert.state === "ended" && "text-muted-foreground",
        )}
      >
        <Title alert={alert} />
      </Link>
      {parts > 0 ? <Tag>and {plural(parts, "other")}</Tag> : null}
    </div>
  );
}

/** Names are mono, as everywhere. */
export function Title({ alert }: { alert: Alert }) {
  const service = useService(alert.service ?? "");
  const { name, rest } = titleParts(alert, service?.name ?? null);
  return (
    <>
      {name === null ? null : (
        <>
          <bdi className="font-mono tracking-[-0.01em]">{visible(name)}</bdi>{" "}
        </>
      )}
      <LiteralWords text={visible(rest)} />
    </>
  );
}

function Times({ alert }: { alert: Alert }) {
  const now = useNow();
  if (alert.endedAt === null) return <TimeAgo time={alert.openedAt} />;
  return (
    <>
      <span className="sm:hidden">{lasted(alert, now)}, ended </span>
      <TimeAgo time={alert.endedAt} ago whole />
    </>
  );
}

function Taken({ alert, className }: { alert: Alert; className?: string }) {
  const words =
    alert.state === "ended"
      ? "Ended"
      : alert.acknowledgedBy !== null
        ? `Taken on by ${visible(alert.acknowledgedBy)}`
        : null;
  return words === null ? null : (
    <span title={words} className={cn("truncate text-12 text-muted-foreground", className)}>
      {words}
    </span>
  );
}

function Parts({ parts }: { parts: readonly Alert[] }) {
  return (
    <ul aria-label="Goes with it" className="pb-1.5">
      {parts.map((part) => (
        <li
          key={part.id}
          className="relative flex min-h-7 items-center gap-2.5 pr-3.5 pl-[42px] text-12 hover:bg-muted max-sm:min-h-11"
        >
          <StateMark mark={alertMark(part)} word={part.state === "ended" ? "Ended" : undefined} />
          <AlertTitle alert={part} />
          <span className="num ml-auto flex-none text-muted-foreground">
            <Times alert={part} />
          </span>
        </li>
      ))}
    </ul>
  );
}
