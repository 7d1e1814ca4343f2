"use client";

import { useRef, useState } from "react";
import type { Ledger } from "#lib/services/ports/shapes.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useKeys } from "@/components/shell/keys.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Button } from "@/components/ui/button.tsx";
import { FilterField } from "@/components/ui/filter-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Chips } from "@/components/ui/segmented.tsx";
import { ConflictsPanel } from "./conflicts-panel.tsx";
import { countShow, PORT_SHOWS, type PortShow, portKey, portRows } from "./port-rows.ts";
import { PortRow, PortsTable } from "./ports-table.tsx";

const WORDS: Record<PortShow, string> = {
  all: "All",
  network: "From the network",
  local: "This machine",
  exposed: "Exposed",
  stray: "No service's",
};

/** Every socket that listens on this server: whose it is, and who can reach it. */
export function PortsPage() {
  const reading = useReading<Ledger>("/ports");
  useReread(reading.reload, { every: 10 });
  return (
    <>
      <PageHead title="Ports" text="Every socket that listens on this server, whose it is, and who can reach it." />
      <ReadView reading={reading} what="The ports" rows={6}>
        {(ledger) => <LedgerView ledger={ledger} />}
      </ReadView>
    </>
  );
}

function LedgerView({ ledger: { items, conflicts, problem } }: { ledger: Ledger }) {
  const [show, setShow] = useState<PortShow>("all");
  const [q, setQ] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useKeys("page", [{ keys: ["/"], label: "Filter ports", bar: "Filter", run: () => field.current?.focus() }]);
  const rows = portRows(items, show, q);
  return (
    <>
      {problem === null ? null : (
        <Note tone="warn" title="Not every owner could be read">
          <LiteralWords text={problem} />
        </Note>
      )}
      {conflicts.length > 0 ? <ConflictsPanel conflicts={conflicts} /> : null}
      {items.length === 0 ? (
        <EmptyBox title="Nothing listens">
          No socket was found that waits for connections, of the services that you may see.
        </EmptyBox>
      ) : (
        <>
          <search aria-label="Ports" className="flex flex-wrap items-center gap-3 max-sm:gap-2">
            <FilterField
              label="Filter ports"
              placeholder="Filter by port, owner or address"
              value={q}
              onChange={setQ}
              field={field}
            />
            <Chips
              label="Which ports"
              value={show}
              options={PORT_SHOWS.map((value) => ({ value, label: WORDS[value], count: countShow(items, value) }))}
              onChange={setShow}
              className="max-sm:w-full max-sm:overflow-x-auto max-sm:[&>button]:h-11"
            />
          </search>
          {rows.length === 0 ? (
            <div className="grid justify-items-start gap-2 py-4">
              <p className="text-muted-foreground">
                {q ? `Nothing matches “${q}”` : "There is none of them"}
                {q && show !== "all" ? ` among “${WORDS[show]}”` : ""}.
              </p>
              <Button
                onClick={() => {
                  setQ("");
                  setShow("all");
                }}
                className="max-sm:h-11"
              >
                Show all
              </Button>
            </div>
          ) : (
            <PortsTable>
              {rows.map((item) => (
                <PortRow key={portKey(item)} item={item} />
              ))}
            </PortsTable>
          )}
        </>
      )}
    </>
  );
}
