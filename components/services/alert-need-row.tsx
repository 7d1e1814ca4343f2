"use client";

import { Database, HardDrive, HeartPulse, type LucideIcon, ShieldAlert } from "lucide-react";
import Link from "next/link";
import type { Alert } from "#lib/alerts/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { alertHref } from "@/components/shell/places.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { type Mark, StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { LiteralWords } from "./literal-words.tsx";
import { NEED_GRID } from "./need-grid.ts";

const LOOK: Partial<Record<Alert["kind"], { icon: LucideIcon; mark: Mark; what: string }>> = {
  backup: { icon: Database, mark: "overdue", what: "backup overdue" },
  disk: { icon: HardDrive, mark: "unhealthy", what: "disk fills up" },
  certificate: { icon: ShieldAlert, mark: "unhealthy", what: "certificate ends" },
  check: { icon: HeartPulse, mark: "failed", what: "check is down" },
};

/** What waits for a person and is no service: its alert says the rest. `over`: it has ended, or somebody has taken it on. */
export function AlertNeedRow({ alert, over }: { alert: Alert; over: boolean }) {
  const look = LOOK[alert.kind];
  if (!look) return null;
  const { icon: Icon, mark, what } = look;
  return (
    <li className={cn(NEED_GRID, "relative hover:bg-muted", over && "text-muted-foreground")}>
      <StateMark mark={over ? "running" : mark} word="" className="max-sm:mt-[3px] max-sm:self-start" />
      <div className="flex min-w-0 items-center max-sm:flex-wrap max-sm:self-end">
        <Icon aria-hidden="true" className="mr-[7px] size-3.5 flex-none text-subtle-foreground" />
        <Link
          href={alertHref(alert.id)}
          prefetch={false}
          className="min-w-0 truncate font-mono text-12 font-medium hover:underline max-sm:max-w-[calc(100%-21px)] max-sm:text-13 max-sm:after:absolute max-sm:after:inset-0"
        >
          {alert.subject}
        </Link>
        <span className="ml-[7px] flex-none font-medium whitespace-nowrap max-sm:ml-0 max-sm:block max-sm:basis-full max-sm:leading-[18px] max-sm:first-letter:uppercase">
          {over ? "needs nobody any more" : what}
          {over ? null : (
            <span className="sm:hidden">
              {" "}
              <TimeAgo time={alert.openedAt} />
            </span>
          )}
        </span>
      </div>
      <p className="truncate text-muted-foreground max-sm:col-start-2 max-sm:self-start max-sm:text-12">
        {over ? null : <LiteralWords text={alert.why} />}
      </p>
      <span className="max-xl:hidden" />
      <div className="num text-right text-12 text-muted-foreground max-sm:hidden">
        {over ? null : <TimeAgo time={alert.openedAt} />}
      </div>
      <div className="flex justify-end gap-1 max-sm:hidden">
        <Link
          href={alertHref(alert.id)}
          prefetch={false}
          aria-label={`Details of ${alert.subject}`}
          className={buttonStyle({ variant: "ghost", size: "sm" })}
        >
          Details
        </Link>
        <span className="w-[92px]" />
      </div>
    </li>
  );
}
