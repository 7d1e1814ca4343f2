"use client";

import { CircleSlash, Lock, Unplug } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatClock } from "#lib/format/exact-time.ts";
import type { Service } from "#lib/services/service.ts";
import { useSupervisors } from "@/components/shell/live.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";

/** What keeps this page from being the whole truth: gone, not reachable, not readable. */
export function ServiceNotice({ service, gone, problem }: { service: Service; gone: boolean; problem: string | null }) {
  const supervisors = useSupervisors();
  const name = HELM_NAME[service.supervisor];
  if (gone) {
    return (
      <Notice
        icon={<CircleSlash aria-hidden="true" className="icon" />}
        title={`${service.name} is gone`}
        text={`${name} does not know it any more. Below is what it was. If it is made again under this name, this page goes on by itself.`}
      >
        <Link href="/" className={buttonStyle({ size: "sm" })}>
          Go to overview
        </Link>
      </Notice>
    );
  }
  if (service.stale !== null) {
    const error = supervisors.find((it) => it.scope === service.scope && it.id.startsWith(`${service.host}/`))?.error;
    return (
      <Notice
        icon={<Unplug aria-hidden="true" className="icon text-fail" />}
        title={error?.code === "denied" ? `Trihelm may not read ${name} any more` : `Trihelm cannot reach ${name}`}
        text={
          <>
            {error ? <code className="font-mono text-12 text-foreground">{error.detail}</code> : null}
            {error ? ". " : null}
            The values are of{" "}
            <time dateTime={service.stale} suppressHydrationWarning>
              {formatClock(service.stale)}
            </time>
            ; it may well be running. {error?.hint}
          </>
        }
      />
    );
  }
  if (problem !== null) {
    return (
      <Notice
        icon={<Lock aria-hidden="true" className="icon" />}
        title="Its configuration cannot be shown"
        text={<span className="[overflow-wrap:anywhere]">{problem}</span>}
      />
    );
  }
  return null;
}

interface NoticeProps {
  icon: ReactNode;
  title: string;
  text: ReactNode;
  children?: ReactNode;
}

function Notice({ icon, title, text, children }: NoticeProps) {
  return (
    <div
      role="status"
      className="mx-5 mb-2 flex items-start gap-2.5 rounded-control border border-border bg-muted px-3 py-[9px] text-12 leading-[18px] max-sm:mx-3"
    >
      <span className="mt-px flex-none">{icon}</span>
      <div className="min-w-0">
        <p className="text-13 font-medium [overflow-wrap:anywhere]">{title}</p>
        <p className="text-pretty text-muted-foreground">{text}</p>
      </div>
      {children ? <div className="ml-auto flex-none">{children}</div> : null}
    </div>
  );
}
