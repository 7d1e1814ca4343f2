"use client";

import { BellOff, ChevronLeft, ScrollText } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import { CauseCard } from "@/components/services/cause-card.tsx";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ServiceRef } from "@/components/services/service-ref.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { useLiveEvent } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { logAtHref } from "@/components/shell/places.ts";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { Pill } from "@/components/ui/pill.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { AcknowledgeForm } from "./acknowledge-form.tsx";
import { AlertRow, Title } from "./alert-row.tsx";
import { alertMark, countWords, lasted, SEVERITY_WORD } from "./alert-words.ts";
import { MuteDialog } from "./mute-dialog.tsx";
import { useCauseOf } from "./use-cause-of.ts";

type Told = Alert & {
  /** alerts that are part of it */
  with: Alert[];
};

/** One alert: what, why, since when, what goes with it, who was told and who has taken it on. */
export function AlertPage({ id }: { id: string }) {
  const reading = useReading<Told>(`/alerts/${encodeURIComponent(id)}`);
  // itself, and what becomes part of it
  useLiveEvent<Alert>("alert", (alert) => {
    if (alert.id === id || alert.parent === id) reading.reload();
  });
  useLiveEvent("snapshot", reading.reload);
  return (
    <>
      <Link
        href="/alerts"
        className="-mb-3 inline-flex w-fit items-center gap-1 text-12 text-muted-foreground hover:text-foreground max-sm:min-h-11"
      >
        <ChevronLeft aria-hidden="true" className="size-3.5 stroke-[1.75]" />
        Alerts
      </Link>
      {reading.problem?.status === 404 ? (
        <EmptyBox title="There is no such alert">
          It may be older than what is kept, or about a service that is not yours to see.
        </EmptyBox>
      ) : (
        <ReadView reading={reading} what="The alert" rows={3}>
          {({ with: parts, ...alert }) => <Shown alert={alert} parts={parts} onChange={reading.reload} />}
        </ReadView>
      )}
    </>
  );
}

interface ShownProps {
  alert: Alert;
  parts: readonly Alert[];
  onChange: () => void;
}

function Shown({ alert, parts, onChange }: ShownProps) {
  const cause = useCauseOf(alert);
  const [muting, setMuting] = useState(false);
  const mayAct = useMay("act");
  return (
    <>
      <header className="grid gap-3">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="min-w-0">
            <h1 className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-20 font-semibold tracking-[-.015em]">
              <StateMark mark={alertMark(alert)} word="" className="scale-125" />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <Title alert={alert} />
              </span>
              <StatePill alert={alert} />
            </h1>
            <p className="mt-1 max-w-[84ch] text-pretty text-muted-foreground [overflow-wrap:anywhere]">
              <LiteralWords text={alert.why} />
            </p>
          </div>
          <div className="flex flex-wrap gap-1.5 max-sm:w-full">
            {alert.service === null || cause !== null ? null : (
              <Link
                href={logAtHref(alert.service, alert.lastAt)}
                prefetch={false}
                className={buttonStyle({ className: "max-sm:h-11 max-sm:flex-1" })}
              >
                <ScrollText aria-hidden="true" />
                Log at that time
              </Link>
            )}
            {mayAct ? (
              <Button
                icon={<BellOff aria-hidden="true" />}
                onClick={() => setMuting(true)}
                className="max-sm:h-11 max-sm:flex-1"
              >
                Mute…
              </Button>
            ) : null}
          </div>
        </div>
        {alert.state === "open" && mayAct ? <AcknowledgeForm alert={alert} onDone={onChange} /> : null}
      </header>
      {cause && alert.service ? <CauseCard service={alert.service} cause={cause} framed /> : null}
      <Facts alert={alert} />
      {parts.length > 0 ? (
        <Panel aria-labelledby="parts" className="overflow-hidden">
          <h2 id="parts" className="flex h-9 items-center border-b border-hairline px-3.5 font-semibold">
            Goes with it
          </h2>
          <ul>
            {parts.map((part) => (
              <AlertRow key={part.id} alert={part} parts={[]} onChange={onChange} />
            ))}
          </ul>
        </Panel>
      ) : null}
      {muting ? <MuteDialog alert={alert} onClose={() => setMuting(false)} /> : null}
    </>
  );
}

function StatePill({ alert: { state, severity } }: { alert: Alert }) {
  if (state === "ended") return <Pill tone="ok">Ended</Pill>;
  if (state === "acknowledged") return <Pill>Acknowledged</Pill>;
  return <Pill tone={severity === "critical" ? "fail" : severity === "warning" ? "warn" : "plain"}>Open</Pill>;
}

function Facts({ alert }: { alert: Alert }) {
  const now = useNow();
  return (
    <dl className="grid grid-cols-[132px_minmax(0,1fr)] gap-x-4 gap-y-1.5 rounded-panel border border-border bg-card px-4 py-3 max-sm:grid-cols-[104px_minmax(0,1fr)]">
      {alert.service === null ? null : (
        <Fact name="Service">
          <ServiceRef id={alert.service} />
        </Fact>
      )}
      <Fact name="Since">
        <TimeAgo time={alert.openedAt} ago focusable />
        <Exact time={alert.openedAt} />
      </Fact>
      {alert.endedAt === null ? null : (
        <Fact name="Ended">
          <TimeAgo time={alert.endedAt} ago focusable />, after {lasted(alert, now)}. {alert.ending}
        </Fact>
      )}
      {countWords(alert) === null ? null : (
        <Fact name="So far">
          {countWords(alert)}, the last <TimeAgo time={alert.lastAt} ago focusable />
        </Fact>
      )}
      <Fact name="Severity">{SEVERITY_WORD[alert.severity]}</Fact>
      <Fact name="Told">
        {alert.toldAt === null ? (
          <LiteralWords text={alert.untold ?? "Nobody yet."} />
        ) : (
          <>
            <TimeAgo time={alert.toldAt} ago focusable />
            <Exact time={alert.toldAt} />
          </>
        )}
      </Fact>
      {alert.acknowledgedAt === null || alert.acknowledgedBy === null ? null : (
        <Fact name="Taken on">
          by {visible(alert.acknowledgedBy)}, <TimeAgo time={alert.acknowledgedAt} ago focusable />
          {alert.note ? <p className="text-muted-foreground">{visible(alert.note)}</p> : null}
        </Fact>
      )}
      {alert.parent === null ? null : (
        <Fact name="Part of">
          <Link href={`/alerts/${encodeURIComponent(alert.parent)}`} className="textlink">
            another alert
          </Link>
          , which was open before it
        </Fact>
      )}
    </dl>
  );
}

function Exact({ time }: { time: string }) {
  return (
    <span suppressHydrationWarning className="ml-2 text-12 text-subtle-foreground max-sm:hidden">
      {formatExact(time)}
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}
