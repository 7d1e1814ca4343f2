"use client";

import { useSearchParams } from "next/navigation";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import { plural } from "#lib/format/plural.ts";
import { useHeld } from "@/components/services/held.ts";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useKeys } from "@/components/shell/keys.tsx";
import { useServices } from "@/components/shell/live.ts";
import { Button } from "@/components/ui/button.tsx";
import { FilterField } from "@/components/ui/filter-field.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { AlertRow } from "./alert-row.tsx";
import { byUrgency, fits, groupParts } from "./alert-words.ts";
import { type AlertState, type Alerts, STATES, useAlerts } from "./use-alerts.ts";

const LABEL: Record<AlertState, string> = { open: "Open", ended: "Ended", all: "All" };

/** What is not as it should be, since when, and who has taken it on. */
export function AlertsPage() {
  const [state, setState] = useShown();
  const [q, setQ] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const alerts = useAlerts(state);
  useKeys("page", [{ keys: ["/"], label: "Filter alerts", bar: "Filter", run: () => field.current?.focus() }]);
  return (
    <>
      <PageHead
        title="Alerts"
        text="What is not as it should be, since when, and who has taken it on. What goes with another one stands below it."
      />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <FilterField
          label="Filter alerts"
          placeholder="Filter by name, words or kind"
          value={q}
          onChange={setQ}
          field={field}
        />
        <Segmented
          label="Which alerts"
          value={state}
          options={STATES.map((value) => ({ value, label: LABEL[value] }))}
          onChange={setState}
          className="max-sm:h-11"
        />
      </div>
      <ReadView
        reading={{ data: alerts.items, problem: alerts.problem, reload: alerts.reload }}
        what="The alerts"
        rows={5}
      >
        {(items) => (
          <List items={items} alerts={alerts} state={state} q={q} onShowAll={() => setQ("")} onState={setState} />
        )}
      </ReadView>
    </>
  );
}

interface ListProps {
  items: readonly Alert[];
  alerts: Alerts;
  state: AlertState;
  q: string;
  onShowAll: () => void;
  onState: (state: AlertState) => void;
}

function List({ items, alerts, state, q, onShowAll, onState }: ListProps) {
  const asked = useDeferredValue(q.trim());
  const groups = useMemo(() => {
    const order = state === "all" ? newestFirst : byUrgency;
    const found = groupParts(items).filter(({ alert, parts }) => [alert, ...parts].some((one) => fits(one, asked)));
    return found.sort((a, b) => order(a.alert, b.alert));
  }, [items, state, asked]);
  // a row that somebody is about to press stays under the pointer; what is new comes last meanwhile
  const { value: shown, handlers } = useHeld(groups, `${state} ${asked}`, holdOrder);
  if (shown.length === 0 && asked !== "") {
    return (
      <EmptyBox title={`No alert matches “${asked}”`}>
        Looked at titles, reasons and kinds of {plural(items.length, "alert")}.{" "}
        <Button size="sm" onClick={onShowAll} className="mt-2 flex max-sm:h-11">
          Clear filter
        </Button>
      </EmptyBox>
    );
  }
  if (shown.length === 0) return <Nothing state={state} onState={onState} />;
  return (
    <>
      <Panel aria-label={`${LABEL[state]} alerts`} className="overflow-hidden" {...handlers}>
        <ul>
          {shown.map(({ alert, parts }) => (
            <AlertRow key={alert.id} alert={alert} parts={parts} onChange={alerts.put} />
          ))}
        </ul>
      </Panel>
      {alerts.more ? (
        <Button onClick={alerts.readOlder} disabled={alerts.reading} className="justify-self-center max-sm:h-11">
          Show older
        </Button>
      ) : null}
    </>
  );
}

function Nothing({ state, onState }: { state: AlertState; onState: (state: AlertState) => void }) {
  const watched = useServices().filter(({ listed, pinned }) => listed || pinned).length;
  if (state === "ended")
    return <EmptyBox title="No alert has ended yet">Those that end will stand here, with how.</EmptyBox>;
  return (
    <EmptyBox title={state === "open" ? "No alert is open" : "There has been no alert yet"}>
      {plural(watched, "service")} and the host are watched by the rules.{" "}
      {state === "open" ? (
        <Button size="sm" onClick={() => onState("ended")} className="mt-2 flex max-sm:h-11">
          Show ended
        </Button>
      ) : null}
    </EmptyBox>
  );
}

type Group = { alert: Alert; parts: Alert[] };

function holdOrder(held: readonly Group[], next: readonly Group[]): Group[] {
  const now = new Map(next.map((group) => [group.alert.id, group]));
  const kept = held.flatMap(({ alert }) => now.get(alert.id) ?? []);
  const ids = new Set(kept.map(({ alert }) => alert.id));
  return [...kept, ...next.filter(({ alert }) => !ids.has(alert.id))];
}

function newestFirst(a: Alert, b: Alert): number {
  return b.openedAt.localeCompare(a.openedAt);
}

/** Which are shown is in the address, so that it can be sent to somebody. */
function useShown(): [AlertState, (state: AlertState) => void] {
  const asked = useSearchParams().get("state");
  const [state, setState] = useState<AlertState>(STATES.find((known) => known === asked) ?? "open");
  return [
    state,
    (next) => {
      setState(next);
      window.history.replaceState(null, "", next === "open" ? location.pathname : `?state=${next}`);
    },
  ];
}
