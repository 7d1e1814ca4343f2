"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { Check } from "#lib/checks/shapes.ts";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { AddButton, PageHead } from "@/components/settings/section.tsx";
import { useMayWhole } from "@/components/shell/me.tsx";
import { NEW_CHECK_FOR } from "@/components/shell/places.ts";
import { useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { CheckDialog } from "./check-dialog.tsx";
import { CheckRow } from "./check-row.tsx";

/** What is asked again and again, or has to say by itself that it works; what is not well stands first. */
export function ChecksPage() {
  const configures = useMayWhole("configure");
  const reading = useReading<{ items: Check[] }>("/checks?recent=1");
  const router = useRouter();
  // whoever comes from a service wants one for it
  const about = useSearchParams().get(NEW_CHECK_FOR);
  const [asked, setAsked] = useState<Check | "new" | null>(about !== null && configures ? "new" : null);
  const [open, setOpen] = useState<string | null>(null);
  useReread(reading.reload, { every: 15, event: "check" });
  const close = () => {
    setAsked(null);
    if (about !== null) router.replace("/checks");
  };
  const saved = (check: Check) => {
    // the address that its job calls is the next thing that is needed
    if (asked === "new" && check.kind === "heartbeat") setOpen(check.id);
    close();
    reading.reload();
  };
  return (
    <>
      <PageHead
        title="Checks"
        text="Asked again and again, or called by a job when it is done. The check of a service tells its health."
      >
        {configures ? <AddButton onClick={() => setAsked("new")}>New check…</AddButton> : null}
      </PageHead>
      <ReadView reading={reading} what="The checks">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No checks yet">
              A service that runs may still not answer.{" "}
              {configures
                ? "An HTTP check of each that people use is a good beginning; a heartbeat tells of a job that did not run."
                : "An admin can have one asked, and it then tells the health of its service."}
            </EmptyBox>
          ) : (
            <Panel aria-label="Checks" className="overflow-hidden">
              <ul>
                {[...items].sort(byTrouble).map((check) => (
                  <CheckRow
                    key={check.id}
                    check={check}
                    open={open === check.id}
                    onToggle={() => setOpen(open === check.id ? null : check.id)}
                    onEdit={configures ? () => setAsked(check) : null}
                    onChanged={reading.reload}
                  />
                ))}
              </ul>
            </Panel>
          )
        }
      </ReadView>
      {asked ? (
        <CheckDialog known={asked === "new" ? null : asked} service={about} onClose={close} onSaved={saved} />
      ) : null}
    </>
  );
}

function byTrouble(a: Check, b: Check): number {
  return rank(a) - rank(b) || a.name.localeCompare(b.name);
}

function rank({ state, enabled }: Check): number {
  return enabled && (state === "down" || state === "late") ? 0 : 1;
}
