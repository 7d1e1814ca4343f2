"use client";

import { X } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import type { ActivityItem, ActivityKind } from "#lib/services/events/activity.ts";
import { useHeld } from "@/components/services/held.ts";
import { ServiceRef } from "@/components/services/service-ref.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useKeys } from "@/components/shell/keys.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { FilterField } from "@/components/ui/filter-field.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { useHydrated } from "@/components/ui/use-hydrated.ts";
import { ActivityList } from "./activity-list.tsx";
import { byDays, isAbout } from "./activity-words.ts";
import { keyOf, useActivity } from "./use-activity.ts";

type Kind = ActivityKind | "all";
const KINDS: readonly { value: Kind; label: string }[] = [
  { value: "all", label: "All" },
  { value: "happening", label: "Events" },
  { value: "action", label: "People" },
  { value: "job", label: "Jobs" },
  { value: "alert", label: "Alerts" },
];

/** What happened on this server, across services, by whoever: newest first. */
export function ActivityPage() {
  const [{ kind, service }, change] = useShown();
  const [q, setQ] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const activity = useActivity(kind === "all" ? null : kind, service);
  useKeys("page", [{ keys: ["/"], label: "Filter activity", bar: "Filter", run: () => field.current?.focus() }]);
  return (
    <>
      <PageHead
        title="Activity"
        text="What happened to services, what people asked for here, jobs and alerts, on one line of time."
      />
      <div className="flex flex-wrap items-center gap-2">
        <FilterField
          label="Filter activity"
          placeholder="Filter by name, words or person"
          value={q}
          onChange={setQ}
          field={field}
        />
        {service === null ? null : (
          <span className="inline-flex h-8 items-center gap-1 rounded-control border border-border bg-muted pr-0.5 pl-2.5 max-sm:h-11">
            <ServiceRef id={service} />
            <IconButton label="Show every service" look="small" onClick={() => change({ kind, service: null })}>
              <X aria-hidden="true" />
            </IconButton>
          </span>
        )}
        <Segmented
          label="Kind"
          value={kind}
          options={KINDS}
          onChange={(next) => change({ kind: next, service })}
          className="ml-auto max-sm:ml-0 max-sm:h-11"
        />
      </div>
      <ReadView
        reading={{ data: activity.items, problem: activity.problem, reload: activity.reload }}
        what="What happened"
        rows={8}
      >
        {(items) => (
          <>
            <Lines items={items} q={q} view={`${kind} ${service}`} onClear={() => setQ("")} />
            {activity.more ? (
              <Button
                onClick={activity.readOlder}
                disabled={activity.reading}
                className="justify-self-center max-sm:h-11"
              >
                Show older
              </Button>
            ) : items.length > 0 ? (
              <p className="text-center text-12 text-subtle-foreground">That is all that is kept.</p>
            ) : null}
          </>
        )}
      </ReadView>
    </>
  );
}

interface LinesProps {
  items: readonly ActivityItem[];
  q: string;
  /** what was asked for: another one is shown at once */
  view: string;
  onClear: () => void;
}

function Lines({ items, q, view, onClear }: LinesProps) {
  const asked = useDeferredValue(q.trim());
  const now = useNow();
  // days are the reader's
  const hydrated = useHydrated();
  const found = useMemo(() => (asked === "" ? items : items.filter((item) => isAbout(item, asked))), [items, asked]);
  // what somebody is about to press stays under the pointer: what is newer waits
  const { value: shown, handlers } = useHeld(found, `${view} ${asked}`, older);
  const days = useMemo(() => byDays(shown, now), [shown, now]);
  const waiting = found.length - shown.length;
  if (!hydrated) return null;
  if (items.length === 0) {
    return (
      <EmptyBox title="Nothing has happened yet">
        Starts, exits, restarts, what people ask for here, jobs and alerts will stand here.
      </EmptyBox>
    );
  }
  if (found.length === 0) {
    return (
      <EmptyBox title={`Nothing matches “${asked}”`}>
        Looked at the newest {plural(items.length, "line")}.{" "}
        <Button size="sm" onClick={onClear} className="mt-2 flex max-sm:h-11">
          Clear filter
        </Button>
      </EmptyBox>
    );
  }
  return (
    <div className="grid min-w-0 gap-3" {...handlers}>
      <p role="status" className="sr-only">
        {waiting > 0 ? `${waiting} new` : ""}
      </p>
      <ActivityList days={days} />
    </div>
  );
}

/** As it was when somebody came to it, with the older ones that were asked for since. */
function older(held: readonly ActivityItem[], next: readonly ActivityItem[]): readonly ActivityItem[] {
  const first = held[0];
  if (!first) return next;
  const key = keyOf(first);
  const place = next.findIndex((item) => keyOf(item) === key);
  return place < 0 ? next : next.slice(place);
}

interface View {
  kind: Kind;
  service: string | null;
}

/** What is shown is in the address, so that it can be sent to somebody. */
function useShown(): [View, (view: View) => void] {
  const query = useSearchParams();
  const [view, setView] = useState<View>({
    kind: KINDS.find(({ value }) => value === query.get("kind"))?.value ?? "all",
    service: query.get("service"),
  });
  return [
    view,
    (next) => {
      setView(next);
      const search = new URLSearchParams({
        ...(next.kind === "all" ? {} : { kind: next.kind }),
        ...(next.service ? { service: next.service } : {}),
      }).toString();
      window.history.replaceState(null, "", search === "" ? location.pathname : `?${search}`);
    },
  ];
}
