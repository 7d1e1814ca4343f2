"use client";

import { ChevronRight, CircleCheck, CircleDashed, CircleX, type LucideIcon, ShieldX } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import { serviceHref } from "@/components/shell/places.ts";
import type { AuditLine } from "./audit-lines.ts";

const OUTCOME: Record<AuditLine["outcome"], { icon: LucideIcon; word: string; tone: string }> = {
  done: { icon: CircleCheck, word: "Done", tone: "text-muted-foreground" },
  refused: { icon: ShieldX, word: "Refused", tone: "text-warn" },
  failed: { icon: CircleX, word: "Failed", tone: "text-fail" },
  open: { icon: CircleDashed, word: "No outcome written", tone: "text-warn" },
};

/** A line each; opened it shows all of what was written. */
export function AuditList({ lines }: { lines: readonly AuditLine[] }) {
  return (
    <ul aria-label="Audit trail" className="min-w-0 rounded-panel border border-border bg-card">
      {lines.map((line) => (
        <li key={line.seq} className="border-hairline not-first:border-t">
          <details className="group">
            <summary className="grid min-h-9 cursor-pointer list-none grid-cols-[14px_148px_92px_minmax(0,0.8fr)_minmax(0,1.1fr)_minmax(0,1.6fr)] items-center gap-x-3 px-3 py-1.5 hover:bg-muted max-md:grid-cols-[14px_minmax(0,1fr)] max-md:gap-y-0.5 max-sm:py-2.5 [&::-webkit-details-marker]:hidden">
              <ChevronRight
                aria-hidden="true"
                className="size-3.5 stroke-[1.75] text-subtle-foreground group-open:rotate-90 max-md:row-span-3 max-md:mt-1 max-md:self-start"
              />
              <time dateTime={line.at} className="num text-12 text-muted-foreground max-md:hidden">
                {clock(line.at)}
              </time>
              <Outcome outcome={line.outcome} className="max-md:hidden" />
              <span className="truncate font-medium max-md:hidden">{visible(line.row.actor)}</span>
              <span className="truncate font-mono text-12">
                <span className="font-sans text-13 font-medium md:hidden">{visible(line.row.actor)} </span>
                {line.row.action}
              </span>
              <span className="truncate font-mono text-12 text-muted-foreground max-md:hidden">
                {visible(line.row.subject)}
              </span>
              <span className="truncate font-mono text-12 text-muted-foreground md:hidden">
                {visible(line.row.subject)}
              </span>
              <span className="flex items-center gap-2 text-12 text-muted-foreground md:hidden">
                <Outcome outcome={line.outcome} />
                <time dateTime={line.at}>{clock(line.at)}</time>
              </span>
            </summary>
            <Details line={line} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function Outcome({ outcome, className }: Pick<AuditLine, "outcome"> & { className?: string }) {
  const { icon: Icon, word, tone } = OUTCOME[outcome];
  return (
    <span className={cn("inline-flex items-center gap-1.5 truncate text-12", tone, className)} title={word}>
      <Icon aria-hidden="true" className="size-3.5 flex-none stroke-2" />
      <span className="truncate">{word}</span>
    </span>
  );
}

function Details({ line: { row, at, endedAt, outcome } }: { line: AuditLine }) {
  const intent = Object.keys(row.intent).length === 0 ? null : JSON.stringify(row.intent, null, 2);
  return (
    <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-3 gap-y-1 border-t border-hairline bg-inset py-3 pr-4 pl-[38px] text-12 max-sm:pl-4">
      <Fact name="Asked">{formatExact(at)}</Fact>
      <Fact name={endedAt ? OUTCOME[outcome].word : "Outcome"}>
        {endedAt ? formatExact(endedAt) : OUTCOME[outcome].word}
      </Fact>
      {row.detail === null ? null : <Fact name="Because">{visible(row.detail)}</Fact>}
      <Fact name="Who">
        {visible(row.actor)} from <span className="font-mono">{visible(row.address)}</span>
      </Fact>
      <Fact name="Subject">
        {row.action.startsWith("service.") ? (
          <a href={serviceHref(row.subject)} className="textlink font-mono">
            {visible(row.subject)}
          </a>
        ) : (
          <span className="font-mono">{visible(row.subject) || "none"}</span>
        )}
      </Fact>
      {intent ? (
        <Fact name="Asked for">
          <pre className="font-mono [overflow-wrap:anywhere] whitespace-pre-wrap">
            {visible(intent).replaceAll("\\u000a", "\n")}
          </pre>
        </Fact>
      ) : null}
      <Fact name="Row">
        <span className="font-mono">{row.closes === null ? row.seq : `${row.closes}, ended by ${row.seq}`}</span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-subtle-foreground">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

function clock(at: string): string {
  return CLOCK.format(new Date(at));
}
