"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, type RefObject, useMemo, useRef, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { ServiceDetail } from "#lib/services/detail.ts";
import type { Service } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { useKeys } from "@/components/shell/keys.tsx";
import { useService } from "@/components/shell/live.ts";
import { serviceHref } from "@/components/shell/places.ts";
import { LinkTabs } from "@/components/ui/tabs.tsx";
import { ServiceLog } from "../logs/service-log.tsx";
import { ConfigTab } from "./config-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { FactsPane } from "./facts-pane.tsx";
import { flatten } from "./flatten.ts";
import { InstancesTab } from "./instances-tab.tsx";
import { LastExit } from "./last-exit.tsx";
import { MetricsTab } from "./metrics-tab.tsx";
import { MountsTab } from "./mounts-tab.tsx";
import { PortConflicts } from "./port-conflicts.tsx";
import { EnvironmentTable, PropertyTable } from "./property-table.tsx";
import { ServiceHead } from "./service-head.tsx";
import { ServiceNotice } from "./service-notice.tsx";
import { type Detail, useDetail } from "./use-detail.ts";
import { type Happenings, useHappenings } from "./use-happenings.ts";

interface ServicePageProps {
  /** as the server rendered it */
  first: Service;
  firstDetail: Detail;
}

interface Tab {
  key: string;
  label: string;
  count?: number;
  /** it fills its place and scrolls by itself */
  fills?: boolean;
  show: () => ReactNode;
}

/** One service: how it is, why, what can be done, and its configuration. */
export function ServicePage({ first, firstDetail }: ServicePageProps) {
  const { service, gone } = useLastKnown(first);
  const { detail, problem } = useDetail(service.id, firstDetail, gone ? null : service);
  const field = useRef<HTMLInputElement>(null);
  const jump = useRef<((time: string) => void) | null>(null);
  const happenings = useHappenings(service);
  const tabs = useTabs({ service, detail, happenings, field, jump });
  const asked = useSearchParams().get("tab");
  const tab = tabs.find(({ key }) => key === asked) ?? tabs[0];
  const choose = (key: string) => window.history.replaceState(null, "", tabHref(service.id, key, tabs));

  usePageKeys({ service: gone ? null : service, tabs, choose, field: tab?.fills ? null : field });
  return (
    <div data-fill className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ServiceHead service={service} gone={gone} />
      <ServiceNotice service={service} gone={gone} problem={problem} />
      {gone ? null : <PortConflicts service={service} />}
      {gone ? null : (
        <LastExit
          service={service}
          happened={happenings.items}
          onJump={tab?.key === "logs" ? (time) => jump.current?.(time) : undefined}
        />
      )}
      {tabs.length > 1 ? (
        <LinkTabs
          label="Service"
          className="mt-2 max-md:order-2 max-sm:px-1"
          tabs={tabs.map(({ key, label, count }) => ({
            href: tabHref(service.id, key, tabs),
            label,
            current: key === tab?.key,
            onSelect: () => choose(key),
            ...(count === undefined ? {} : { count }),
          }))}
        />
      ) : (
        <div className="mt-2 flex-none border-b border-border max-md:order-2" />
      )}
      <div className="grid min-h-0 flex-1 max-md:contents md:grid-cols-[minmax(0,1fr)_300px] xl:grid-cols-[minmax(0,1fr)_340px]">
        <section
          aria-label={tab?.label ?? "Configuration"}
          className={cn(
            "min-w-0 max-md:order-3",
            tab?.fills ? "flex min-h-0 flex-col" : "px-5 py-4 max-sm:px-3 md:overflow-y-auto",
          )}
        >
          {tab ? tab.show() : <p className="text-muted-foreground">There is no more to show of it now.</p>}
        </section>
        <FactsPane service={service} detail={detail} past={gone || service.stale !== null} />
      </div>
    </div>
  );
}

/** The service as long as it is there, and what it last was when it is gone while somebody looks. */
function useLastKnown(first: Service): { service: Service; gone: boolean } {
  const live = useService(first.id);
  const [last, setLast] = useState(first);
  if (live !== null && live !== last) setLast(live);
  return { service: live ?? last, gone: live === null };
}

interface TabParts {
  service: Service;
  detail: ServiceDetail | null;
  happenings: Happenings;
  field: RefObject<HTMLInputElement | null>;
  jump: RefObject<((time: string) => void) | null>;
}

function useTabs({ service, detail, happenings, field, jump }: TabParts): Tab[] {
  const native = useMemo(() => (detail ? flatten(detail.native) : []), [detail]);
  const log = () => <ServiceLog service={service} jump={jump} />;
  const tabs: Tab[] = [{ key: "logs", label: "Logs", fills: true, show: log }];
  tabs.push({ key: "metrics", label: "Metrics", show: () => <MetricsTab service={service} happenings={happenings} /> });
  if (detail) tabs.push({ key: "config", label: "Config", show: () => <ConfigTab detail={detail} /> });
  if (service.instances.length > 1) {
    const count = service.instances.length;
    tabs.push({ key: "instances", label: "Instances", count, show: () => <InstancesTab service={service} /> });
  }
  if (detail && detail.environment.length > 0) {
    const { environment } = detail;
    const show = () => <EnvironmentTable service={service.id} environment={environment} field={field} />;
    tabs.push({ key: "environment", label: "Environment", count: environment.length, show });
  }
  if (detail && detail.mounts.length + detail.networks.length > 0) {
    const { mounts, networks } = detail;
    const label = mounts.length === 0 ? "Networks" : networks.length === 0 ? "Mounts" : "Mounts, networks";
    const show = () => <MountsTab mounts={mounts} networks={networks} />;
    tabs.push({ key: "mounts", label, count: mounts.length + networks.length, show });
  }
  const events = () => <EventsTab service={service} happenings={happenings} />;
  tabs.push({ key: "events", label: "Events", show: events });
  if (native.length > 0) {
    const show = () => <PropertyTable label="properties" rows={native} field={field} />;
    tabs.push({ key: "properties", label: "Properties", count: native.length, show });
  }
  return tabs;
}

/** The first tab is the page itself. */
function tabHref(id: string, key: string, tabs: readonly Tab[]): string {
  return key === tabs[0]?.key ? serviceHref(id) : `${serviceHref(id)}?tab=${key}`;
}

interface PageKeys {
  service: Service | null;
  tabs: readonly Tab[];
  choose: (key: string) => void;
  /** null: what is shown has its own */
  field: RefObject<HTMLInputElement | null> | null;
}

function usePageKeys({ service, tabs, choose, field }: PageKeys): void {
  const { act, startOrStop } = useAct();
  const router = useRouter();
  const up = () => router.push("/");
  useKeys("page", [
    {
      keys: ["r"],
      label: "Restart",
      bar: "Restart",
      off: !service?.actions.includes("restart"),
      run: () => service && act(service, "restart"),
    },
    {
      keys: ["s"],
      label: "Start or stop",
      bar: "Start, stop",
      off: !service?.actions.some((action) => action === "start" || action === "stop"),
      run: () => service && startOrStop(service),
    },
    { keys: ["/"], label: "Search here", bar: "Search", off: field === null, run: () => field?.current?.focus() },
    ...tabs.slice(0, 5).map(({ key, label }, index) => ({
      keys: [String(index + 1)],
      label: `Tab: ${label}`,
      run: () => choose(key),
    })),
    { keys: ["u", "Escape"], label: "Up to the overview", bar: "Up", run: up },
  ]);
}
