"use client";

import { Archive, Bell, type LucideIcon, UserRound } from "lucide-react";
import Link from "next/link";
import { memo, type ReactNode } from "react";
import type { Severity } from "#lib/alerts/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatClock, formatExact, formatMinute } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import type { ActivityItem } from "#lib/services/events/activity.ts";
import { eventWords } from "@/components/services/event-words.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { useService } from "@/components/shell/live.ts";
import { alertHref, serviceHref } from "@/components/shell/places.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Day, Line } from "./activity-words.ts";
import { keyOf } from "./use-activity.ts";

const TONE: Record<Severity, string> = { critical: "text-fail", warning: "text-warn", info: "text-subtle-foreground" };
const ICON: Record<Exclude<ActivityItem["kind"], "happening">, { icon: LucideIcon; word: string }> = {
  action: { icon: UserRound, word: "Somebody here" },
  job: { icon: Archive, word: "Job" },
  alert: { icon: Bell, word: "Alert" },
};

/** What happened, a line each, by days. */
export function ActivityList({ days }: { days: readonly Day[] }) {
  return days.map(({ day, lines }) => (
    <Panel key={day} aria-label={day} className="overflow-hidden">
      <h2 className="flex h-8 items-center border-b border-hairline px-3.5 text-12 font-semibold text-muted-foreground">
        {day}
      </h2>
      <ol>
        {lines.map(({ item, times, since }) => (
          // the newest of a run changes, its first one does not
          <Row key={`${since} ${keyOf({ ...item, at: since })}`} item={item} times={times} since={since} />
        ))}
      </ol>
    </Panel>
  ));
}

const Row = memo(function Row({ item, times, since }: Line) {
  const service = useService(item.service ?? "");
  const href = placeOf(item, service !== null);
  return (
    <li className="relative grid min-h-9 grid-cols-[64px_14px_minmax(0,1fr)_auto] items-center gap-x-3 border-hairline px-3.5 py-1 not-first:border-t hover:bg-muted max-sm:min-h-11 max-sm:grid-cols-[14px_minmax(0,1fr)_auto] max-sm:gap-x-2.5 max-sm:py-2">
      <Clock at={item.at} className="max-sm:hidden" />
      <Sign item={item} />
      <div className="flex min-w-0 items-center gap-[7px] max-sm:block">
        {service ? (
          <HelmIcon
            kind={service.supervisor}
            named
            className="size-3.5 flex-none max-sm:mr-1.5 max-sm:inline max-sm:translate-y-[2px]"
          />
        ) : null}
        {/* as its tool names it, whatever title it has */}
        <Subject href={href}>{service && item.title === service.title ? service.name : item.title}</Subject>{" "}
        <span className="min-w-0 truncate text-muted-foreground max-sm:whitespace-normal" title={plain(item.words)}>
          <LiteralWords text={item.words} />
        </span>
        {times > 1 && since !== item.at ? (
          <span className="flex-none text-12 text-subtle-foreground max-sm:ml-1.5">
            {times} times since {formatMinute(since)}
          </span>
        ) : null}
      </div>
      <span className="text-right text-12 text-muted-foreground">
        <Clock at={item.at} className="sm:hidden" />
        {item.by === null ? null : <span className="max-sm:block">{visible(item.by)}</span>}
      </span>
    </li>
  );
});

function Subject({ href, children }: { href: string | null; children: string }) {
  const style = "max-w-[46%] flex-none truncate font-mono font-medium tracking-[-0.01em] max-sm:max-w-full";
  const name = <bdi>{visible(children)}</bdi>;
  if (href === null) return <span className={style}>{name}</span>;
  return (
    <Link href={href} prefetch={false} className={cn(style, "after:absolute after:inset-0")}>
      {name}
    </Link>
  );
}

function Sign({ item }: { item: ActivityItem }): ReactNode {
  if (item.kind === "happening") {
    if (item.event) return <StateMark mark={eventWords(item.event).mark} word="" />;
    return <span className="size-3.5" />;
  }
  const { icon: Icon, word } = ICON[item.kind];
  return (
    <span title={word} className={cn("inline-flex size-3.5", TONE[item.severity])}>
      <Icon aria-hidden="true" className="size-3.5 stroke-2" />
      <span className="sr-only">{word}: </span>
    </span>
  );
}

function Clock({ at, className }: { at: string; className?: string }) {
  return (
    <time
      dateTime={at}
      title={formatExact(at)}
      className={cn("num font-mono text-12 text-muted-foreground", className)}
    >
      {formatClock(at)}
    </time>
  );
}

function placeOf({ kind, service, alert }: ActivityItem, isHere: boolean): string | null {
  if (alert !== undefined) return alertHref(alert);
  if (kind === "job") return "/backups/jobs";
  if (service === null || !isHere) return null;
  return kind === "happening" ? `${serviceHref(service)}?tab=events` : serviceHref(service);
}

function plain(words: string): string {
  return visible(words.replaceAll("`", ""));
}
