"use client";

import { Database, HardDrive, HeartPulse, type LucideIcon, ShieldAlert } from "lucide-react";
import Link from "next/link";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import type { BesideServices } from "@/components/shell/open-alerts.ts";
import { alertHref } from "@/components/shell/places.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import type { Mark } from "@/components/ui/state-mark.tsx";
import { LiteralWords } from "./literal-words.tsx";
import { NeedLine } from "./need-line.tsx";
import { NAME } from "./service-name.tsx";

const LOOK: Record<BesideServices["kind"], { icon: LucideIcon; mark: Mark; what: string }> = {
  backup: { icon: Database, mark: "overdue", what: "backup overdue" },
  disk: { icon: HardDrive, mark: "unhealthy", what: "disk fills up" },
  certificate: { icon: ShieldAlert, mark: "unhealthy", what: "certificate ends" },
  check: { icon: HeartPulse, mark: "failed", what: "check is down" },
};

/** What waits for a person and is no service: its alert says the rest. `over`: it has ended, or somebody has taken it on. */
export function AlertNeedRow({ alert, over }: { alert: BesideServices; over: boolean }) {
  const { icon: Icon, mark, what } = LOOK[alert.kind];
  const subject = visible(alert.subject);
  return (
    <NeedLine
      mark={mark}
      word=""
      over={over}
      who={
        <>
          <Icon aria-hidden="true" className="mr-[7px] size-3.5 flex-none text-subtle-foreground" />
          <Link
            href={alertHref(alert.id)}
            prefetch={false}
            className={cn(
              NAME,
              "font-medium leading-5 max-sm:max-w-[calc(100%-21px)] max-sm:after:absolute max-sm:after:inset-0",
            )}
          >
            <bdi>{subject}</bdi>
          </Link>
        </>
      }
      what={over ? "needs nobody any more" : what}
      why={over ? null : <LiteralWords text={alert.why} />}
      since={over ? null : alert.openedAt}
      age={{ ago: false }}
      past={null}
      className="max-sm:hidden"
    >
      <Link
        href={alertHref(alert.id)}
        prefetch={false}
        aria-label={`Details of ${subject}`}
        className={buttonStyle({ variant: "ghost", size: "sm" })}
      >
        Details
      </Link>
      <span className="w-[92px]" />
    </NeedLine>
  );
}
