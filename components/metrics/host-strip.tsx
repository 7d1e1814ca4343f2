"use client";

import type { ReactNode } from "react";
import { amount, ofLimit } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatPercent } from "#lib/format/percent.ts";
import { plural } from "#lib/format/plural.ts";
import { formatRates } from "#lib/format/rate.ts";
import type { HostReading } from "#lib/services/service.ts";
import { useHost } from "@/components/shell/live.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Pill } from "@/components/ui/pill.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";

const CELLS = ["CPU", "Memory", "Disk", "Load", "Network", "Uptime"] as const;

/** The host in six readings, four on a phone. CPU is of all cores here, of one core everywhere else. */
export function HostStrip() {
  const host = useHost();
  if (!host) return <HostStripSkeleton />;
  const { cpu, memory, disk, load, network, recent } = host;
  return (
    <Strip label={`Host ${host.name}`}>
      <Cell
        name="CPU"
        sub={plural(host.cores, "core")}
        reading={<Reading value={cpu === null ? null : formatPercent(cpu)} small="%" />}
        picture={<Trend values={recent.cpu} max={1} />}
      />
      <Cell
        name="Memory"
        sub={memory && `${formatPercent(memory.used / memory.total)} %`}
        reading={<OfTotal amounts={memory} />}
        picture={<Trend values={recent.memory} max={1} phone={false} />}
        phonePicture={memory && <Meter label="Memory used" used={memory.used} limit={memory.total} />}
      />
      <Cell
        name="Disk"
        title={disk ? `The disk of ${disk.path}` : undefined}
        sub={disk && `${formatPercent(disk.used / disk.total)} %`}
        reading={<OfTotal amounts={disk} />}
        picture={
          disk && (
            <Meter
              label="Disk used"
              used={disk.used}
              limit={disk.total}
              className="h-1.5 w-[84px] max-sm:mt-[9px] max-sm:mb-[5px] max-sm:h-1 max-sm:w-full"
            />
          )
        }
      />
      <Cell
        name="Load"
        sub="1, 5, 15 min"
        reading={
          <Reading
            value={load === null ? null : formatLoad(load[0])}
            small={load && `${formatLoad(load[1])} ${formatLoad(load[2])}`}
            className="[word-spacing:3px] ml-2 max-sm:hidden"
          />
        }
        picture={<Trend values={recent.load} max={Math.max(host.cores, ...recent.load)} />}
      />
      <Cell name="Network" sub="in, out" phone={false} reading={<Network network={network} />}>
        <Trend values={recent.network} />
      </Cell>
      <Cell name="Uptime" sub={host.os} phone={false} reading={<Uptime seconds={host.uptime} />}>
        {host.rebootDue ? <Pill small>Reboot due</Pill> : null}
      </Cell>
    </Strip>
  );
}

/** Labels are known before the numbers. */
export function HostStripSkeleton() {
  return (
    <Strip label="Host" busy>
      {CELLS.map((name, index) => (
        <Cell key={name} name={name} sub={null} phone={index < 4} reading={<Skeleton className="h-4 w-16" />}>
          <Skeleton className="h-4 w-[84px] max-sm:mt-1 max-sm:h-2 max-sm:w-full" />
        </Cell>
      ))}
    </Strip>
  );
}

function Strip({ label, busy, children }: { label: string; busy?: boolean; children: ReactNode }) {
  return (
    <Panel
      aria-label={label}
      aria-busy={busy}
      className="grid grid-cols-4 overflow-hidden sm:grid-cols-3 xl:grid-cols-[1.1fr_1fr_1fr_1fr_1fr_1fr]"
    >
      {children}
    </Panel>
  );
}

interface CellProps {
  name: (typeof CELLS)[number];
  sub: ReactNode;
  reading: ReactNode;
  picture?: ReactNode;
  phonePicture?: ReactNode;
  phone?: boolean;
  title?: string | undefined;
  children?: ReactNode;
}

function Cell({ name, sub, reading, picture, phonePicture, phone = true, title, children }: CellProps) {
  return (
    <div
      title={title}
      className={cn(
        "-ml-px grid min-w-0 grid-cols-[minmax(0,1fr)_auto] grid-rows-[16px_28px] items-center gap-x-3 gap-y-1 overflow-hidden border-l border-hairline px-4 pt-2.5 pb-[11px] sm:max-xl:border-t sm:max-xl:-mt-px",
        "max-sm:block max-sm:px-2.5 max-sm:pt-[9px]",
        !phone && "max-sm:hidden",
      )}
    >
      <h2 className="text-12 font-medium text-muted-foreground">{name}</h2>
      <span className="truncate text-right text-11 text-subtle-foreground max-sm:hidden">{sub}</span>
      <div className="num text-20 font-medium tracking-[-0.015em] max-sm:text-[18px] max-sm:leading-6">{reading}</div>
      <div className={cn("max-sm:min-h-[18px]", phonePicture != null && "max-sm:hidden")}>
        {picture}
        {children}
      </div>
      {phonePicture == null ? null : <div className="mt-[9px] mb-[5px] sm:hidden">{phonePicture}</div>}
    </div>
  );
}

function Reading({ value, small, className }: { value: string | null; small: string | null; className?: string }) {
  if (value === null) return <Unknown />;
  return (
    <>
      {value}
      <Small className={className}>{small}</Small>
    </>
  );
}

function Small({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return (
    <small
      className={cn("ml-[3px] text-13 font-normal tracking-normal text-muted-foreground max-sm:text-12", className)}
    >
      {children}
    </small>
  );
}

function Unknown() {
  return (
    <span className="text-subtle-foreground" title="Not known">
      –
    </span>
  );
}

/** `4.6 / 7.8 GB`; on a phone `59 %`. */
function OfTotal({ amounts }: { amounts: { used: number; total: number } | null }) {
  if (!amounts) return <Unknown />;
  const { used, limit } = ofLimit(amount(amounts.used), amount(amounts.total));
  return (
    <>
      <span className="max-sm:hidden">
        {used}
        <Small>/ {limit}</Small>
      </span>
      <span className="sm:hidden">
        {formatPercent(amounts.used / amounts.total)}
        <Small>%</Small>
      </span>
    </>
  );
}

function Network({ network }: { network: HostReading["network"] }) {
  if (!network) return <Unknown />;
  const { first, second } = formatRates(network.in, network.out);
  return (
    <>
      {first}
      <Small>/ {second}</Small>
    </>
  );
}

function Uptime({ seconds }: { seconds: number | null }) {
  if (seconds === null) return <Unknown />;
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
  ];
  const parts: [number, string][] = days > 0 ? [[days, "d"]] : [];
  if (days > 0 || hours > 0) parts.push([hours, "h"]);
  if (days === 0) parts.push([minutes, "min"]);
  return parts.map(([value, unit]) => (
    <span key={unit} className="not-first:ml-[5px]">
      {value}
      <Small>{unit}</Small>
    </span>
  ));
}

/** Three digits of meaning at most. */
function formatLoad(load: number): string {
  return load < 10 ? load.toFixed(2) : load < 100 ? load.toFixed(1) : String(Math.round(load));
}

function Trend({ values, max, phone = true }: { values: readonly number[]; max?: number; phone?: boolean }) {
  return (
    <>
      <Sparkline values={values} max={max} width={84} height={26} area className="max-sm:hidden" />
      {phone ? (
        <Sparkline values={values.slice(-26)} max={max} width={68} height={18} className="mt-px sm:hidden" />
      ) : null}
    </>
  );
}
