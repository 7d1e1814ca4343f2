"use client";

import { Download } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useDeferredValue, useEffect, useState } from "react";
import { useMay } from "@/components/shell/me.tsx";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { AuditFilterBar } from "./audit-filter-bar.tsx";
import { type AuditFilters, auditLines, filterQuery, NO_FILTERS, readFilters } from "./audit-lines.ts";
import { AuditList } from "./audit-list.tsx";
import { ChainState } from "./chain-state.tsx";
import { EmptyBox } from "./empty-box.tsx";
import { NoPermission, ReadView } from "./read-view.tsx";
import { PageHead } from "./section.tsx";
import { useTrail } from "./use-trail.ts";

/** Who did what, from where, and how it ended. */
export function AuditPage() {
  return useMay("manage") ? <Audit /> : <NoPermission />;
}

const TYPING = 250;

function Audit() {
  const [filters, setFilters] = useFilters();
  const query = useSettled(filterQuery(filters).toString());
  const trail = useTrail(query);
  const filtered = query !== "";
  const file = (format: "csv" | "ndjson") =>
    `/api/v1/audit/export?${new URLSearchParams([["format", format], ...new URLSearchParams(query)])}`;
  return (
    <>
      <PageHead
        title="Audit trail"
        text="What was asked of Trihelm, by whom and from where, and how it ended. Rows are only ever added."
      >
        {(["csv", "ndjson"] as const).map((format) => (
          <a
            key={format}
            href={file(format)}
            download
            className={buttonStyle({ className: "max-sm:h-11 max-sm:flex-1" })}
            title={filtered ? "Of the rows shown here" : "Of all rows"}
          >
            <Download aria-hidden="true" />
            Export {format.toUpperCase()}
          </a>
        ))}
      </PageHead>
      <ChainState />
      <AuditFilterBar filters={filters} onChange={setFilters} />
      <ReadView reading={{ data: trail.rows, problem: trail.problem, reload: trail.reload }} what="The trail" rows={8}>
        {(rows) =>
          rows.length === 0 ? (
            filtered ? (
              <EmptyBox title="No row fits">
                Nothing in the trail fits {filterWords(filters)}.{" "}
                <Button size="sm" onClick={() => setFilters(NO_FILTERS)} className="mt-2 flex max-sm:h-11">
                  Show all rows
                </Button>
              </EmptyBox>
            ) : (
              <EmptyBox title="No rows yet">The first action that somebody takes is the first row.</EmptyBox>
            )
          ) : (
            <>
              <AuditList lines={auditLines(rows)} />
              {trail.more ? (
                <Button onClick={trail.readOlder} disabled={trail.reading} className="justify-self-center max-sm:h-11">
                  Show older
                </Button>
              ) : (
                <p className="text-center text-12 text-subtle-foreground">That is all.</p>
              )}
            </>
          )
        }
      </ReadView>
    </>
  );
}

/** The filters are in the address, so that a view can be sent to somebody. */
function useFilters(): [AuditFilters, (filters: AuditFilters) => void] {
  const first = useSearchParams();
  const [filters, setFilters] = useState(() => readFilters(new URLSearchParams(first)));
  return [
    filters,
    (next) => {
      setFilters(next);
      const query = filterQuery(next).toString();
      window.history.replaceState(null, "", query === "" ? location.pathname : `?${query}`);
    },
  ];
}

/** A text once nobody types on. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  const deferred = useDeferredValue(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(deferred), TYPING);
    return () => clearTimeout(timer);
  }, [deferred]);
  return settled;
}

function filterWords(filters: AuditFilters): string {
  return [...filterQuery(filters)].map(([name, value]) => `${name} “${value}”`).join(", ");
}
