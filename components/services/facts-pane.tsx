"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatCpu, formatPercent, share } from "#lib/format/percent.ts";
import type { ServiceDetail } from "#lib/services/detail.ts";
import type { Service } from "#lib/services/service.ts";
import { useLive, useSparks } from "@/components/shell/live.ts";
import { serviceHref } from "@/components/shell/places.ts";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";
import { MemoryWords } from "./row-figures.tsx";
import { FACTS_TITLE, serviceFacts } from "./service-facts.ts";

interface FactsPaneProps {
  service: Service;
  detail: ServiceDetail | null;
  /** it is gone, or cannot be asked: the figures are of an earlier time */
  past: boolean;
}

/** What a person looks up about a service, beside whatever tab is open. */
export function FactsPane({ service, detail, past }: FactsPaneProps) {
  const mounts = detail?.mounts ?? [];
  return (
    <aside
      aria-label="Facts"
      // on a phone, where all stands in one column, under the open tab: that is what was asked for
      className="min-w-0 bg-card max-md:order-4 max-md:mt-3 max-md:border-y max-md:border-border md:overflow-auto md:border-l md:border-border"
    >
      <MemoryFacts service={service} past={past} />
      <CpuFacts service={service} past={past} />
      <HealthFacts service={service} past={past} />
      <Section title={FACTS_TITLE[service.supervisor]}>
        <dl className="mt-0.5 grid gap-px">
          {serviceFacts(service, detail).map(({ label, value, mono }) => (
            <Row key={label} label={label}>
              <span className={cn("min-w-0 [overflow-wrap:anywhere]", mono && "font-mono")}>{value}</span>
              {/^sha256:/.test(value) ? (
                <CopyButton text={value} label={`Copy ${label.toLowerCase()}`} look="small" />
              ) : null}
            </Row>
          ))}
        </dl>
      </Section>
      {mounts.length === 0 ? null : (
        <Section title={mounts.every((mount) => mount.type === "volume") ? "Volumes" : "Mounts"}>
          <dl className="mt-0.5 grid gap-px">
            {mounts.map((mount) => (
              <Row
                key={mount.target}
                label={<span className="font-mono">{mount.type === "volume" ? mount.source : mount.type}</span>}
              >
                <span className="min-w-0 font-mono [overflow-wrap:anywhere]">{mount.target}</span>
                {mount.readOnly ? <span className="text-subtle-foreground">read only</span> : null}
              </Row>
            ))}
          </dl>
        </Section>
      )}
      <Dependents ids={service.dependents} />
    </aside>
  );
}

function MemoryFacts({ service: { memory, state }, past }: FigureProps) {
  const used = (state === "running" && memory?.used) || null;
  const limit = memory?.limit ?? null;
  return (
    <Section
      title="Memory"
      value={
        <span className={cn(past && "text-muted-foreground")}>
          <MemoryWords used={used} limit={limit} />
          {limit === null && used !== null ? <span className="text-subtle-foreground">, no limit</span> : null}
        </span>
      }
    >
      {limit === null ? null : (
        <>
          <Meter
            label="Memory against limit"
            used={used ?? 0}
            limit={limit}
            className={cn("mt-1.5 h-1.5", past && "opacity-50 grayscale")}
          />
          <Axis>
            <span>{used === null ? "not running" : `${formatPercent(share(used, limit))} % of its limit`}</span>
          </Axis>
        </>
      )}
    </Section>
  );
}

function CpuFacts({ service: { id, cpu }, past }: FigureProps) {
  const sparks = useSparks(id);
  return (
    <Section
      title="CPU"
      value={
        cpu === null ? (
          <span className="text-subtle-foreground">–</span>
        ) : (
          <span className={cn(past && "text-muted-foreground")}>
            {formatCpu(cpu)} %<span className="text-subtle-foreground"> of one core</span>
          </span>
        )
      }
    >
      {sparks.length < 2 ? null : (
        <>
          <Sparkline
            values={sparks}
            max={Math.max(1, ...sparks)}
            width={300}
            height={36}
            area
            className={cn("mt-1 h-auto w-full max-w-[420px]", past && "opacity-50")}
          />
          <Axis>
            <span>{sparks.length} min ago</span>
            <span>now</span>
          </Axis>
        </>
      )}
    </Section>
  );
}

interface FigureProps {
  service: Service;
  past: boolean;
}

const HEALTH = {
  healthy: { word: "Healthy", tone: "text-ok" },
  unhealthy: { word: "Unhealthy", tone: "text-warn" },
  starting: { word: "Not known yet", tone: "text-muted-foreground" },
};

function HealthFacts({ service: { health, reason }, past }: FigureProps) {
  if (health === "none") return null;
  const { word, tone } = HEALTH[health];
  return (
    <Section title="Health" value={<span className={past ? "text-muted-foreground" : tone}>{word}</span>}>
      {health === "unhealthy" && reason ? (
        <p className="mt-0.5 text-12 leading-5 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
          {reason.replaceAll("`", "")}
        </p>
      ) : null}
    </Section>
  );
}

function Dependents({ ids }: { ids: readonly string[] }) {
  const { store } = useLive();
  if (ids.length === 0) return null;
  return (
    <Section title="Needed by">
      <ul className="mt-0.5 grid gap-px text-12 leading-5">
        {ids.map((id) => (
          <li key={id} className="truncate">
            <Link href={serviceHref(id)} className="textlink font-mono">
              <bdi>{store.service(id)?.name ?? decodeURIComponent(id.split("/").at(-1) ?? id)}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Section({ title, value, children }: { title: string; value?: ReactNode; children?: ReactNode }) {
  return (
    <section className="border-b border-hairline px-5 pt-[9px] pb-2.5 max-sm:px-3">
      <h2 className="flex items-center justify-between gap-3 text-12 leading-5 font-semibold">
        {title}
        {value === undefined ? null : <span className="num font-normal">{value}</span>}
      </h2>
      {children}
    </section>
  );
}

function Row({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[104px_minmax(0,1fr)] gap-x-2 text-12 leading-5">
      <dt className="min-w-0 truncate text-muted-foreground">{label}</dt>
      <dd className="flex min-w-0 items-start gap-1.5">{children}</dd>
    </div>
  );
}

function Axis({ children }: { children: ReactNode }) {
  return <div className="mt-0.5 flex justify-between text-11 text-subtle-foreground">{children}</div>;
}
