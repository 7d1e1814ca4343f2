"use client";

import { TriangleAlert } from "lucide-react";
import { amount, ofLimit } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatPercent } from "#lib/format/percent.ts";
import { visible } from "#lib/format/visible.ts";
import type { HostDisk } from "#lib/metrics/disks.ts";
import { ReadView } from "@/components/settings/read-view.tsx";
import { Section } from "@/components/settings/section.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { useNow } from "@/components/ui/clock.ts";
import { Meter } from "@/components/ui/meter.tsx";
import { forecastOf } from "./forecast.ts";

/** The disks of the host, the fullest first, and when each will be full as it grows now. */
export function DisksPanel() {
  const reading = useReading<{ items: HostDisk[] }>("/host/disks");
  useReread(reading.reload, { every: 60 });
  return (
    <Section title="Disks">
      <ReadView reading={reading} what="The disks" rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="px-4 py-3 text-muted-foreground">
              No disk of its own was found: in a container Trihelm sees what is mounted into it.
            </p>
          ) : (
            <ul aria-label="Disks">
              {items.map((disk) => (
                <DiskRow key={disk.path} disk={disk} />
              ))}
            </ul>
          )
        }
      </ReadView>
    </Section>
  );
}

function DiskRow({ disk }: { disk: HostDisk }) {
  const now = useNow();
  const { used, limit } = ofLimit(amount(disk.used), amount(disk.total));
  const { words, isSoon } = forecastOf(disk, now);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_160px_132px_minmax(0,0.9fr)] items-center gap-x-4 gap-y-1 border-hairline px-4 py-2.5 not-first:border-t max-md:grid-cols-[minmax(0,1fr)_auto]">
      <span className="truncate font-mono font-medium" title={visible(disk.path)}>
        {visible(disk.path)}
      </span>
      <Meter
        label={`Used of ${disk.path}`}
        used={disk.used}
        limit={disk.total}
        className="max-md:order-3 max-md:col-span-2"
      />
      <span className="num text-right text-12">
        {used} / {limit}
        <span className="ml-1.5 text-muted-foreground">{formatPercent(disk.used / disk.total)} %</span>
      </span>
      <span
        className={cn(
          "flex items-center gap-1.5 text-12 max-md:order-4 max-md:col-span-2",
          isSoon ? "text-warn" : "text-muted-foreground",
        )}
      >
        {isSoon ? <TriangleAlert aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" /> : null}
        {words}
      </span>
    </li>
  );
}
