"use client";

import { CircleCheck, RotateCw } from "lucide-react";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { RebootConcern, RebootReadiness } from "#lib/services/reboot/shapes.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ServiceRef } from "@/components/services/service-ref.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead, Section } from "@/components/settings/section.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Count } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { groupConcerns } from "./concern-groups.ts";

/** What will not come back after a reboot of the host, and what to do about each. */
export function RebootPage() {
  const reading = useReading<RebootReadiness>("/reboot");
  return (
    <>
      <PageHead
        title="After a reboot"
        text={
          reading.data?.bootedAt ? (
            <>
              This server has run for <TimeAgo time={reading.data.bootedAt} />. What would not be here after the next
              start of it, and how to mend that.
            </>
          ) : (
            "What would not be here after the next start of this server, and how to mend that."
          )
        }
      >
        <Button icon={<RotateCw aria-hidden="true" />} onClick={reading.reload} className="max-sm:h-11 max-sm:flex-1">
          Look again
        </Button>
      </PageHead>
      <ReadView reading={reading} what="The readiness" rows={4}>
        {(readiness) => <Readiness readiness={readiness} />}
      </ReadView>
    </>
  );
}

function Readiness({ readiness: { items, ready, due, problems } }: { readiness: RebootReadiness }) {
  const groups = groupConcerns(items);
  return (
    <>
      {due ? (
        <Note tone="warn" title="A reboot is due">
          <LiteralWords text={due} />
        </Note>
      ) : null}
      {problems.length > 0 ? (
        <Note tone="warn" title="Not everything could be looked at">
          {problems.map((problem) => (
            <span key={problem} className="block">
              <LiteralWords text={problem} />
            </span>
          ))}
        </Note>
      ) : null}
      {groups.length === 0 ? (
        <div className="grid gap-1 rounded-panel border border-border bg-card px-6 pt-7 pb-[30px]">
          <p className="flex items-center gap-2 text-14 font-semibold">
            <CircleCheck aria-hidden="true" className="icon text-ok" />
            {problems.length > 0 ? "What could be looked at comes back" : "Everything comes back"}
          </p>
          <p className="max-w-[56ch] text-pretty text-muted-foreground">
            {ready === 0
              ? "No service runs now that would have to."
              : `${plural(ready, "service")} that ${ready === 1 ? "runs now starts" : "run now start"} again by ${ready === 1 ? "itself" : "themselves"}.`}
          </p>
        </div>
      ) : (
        <>
          <p className="font-medium">
            {ready} of {plural(ready + concernedServices(items), "service")} come back by themselves
          </p>
          {groups.map(({ title, items: some }) => (
            <Section
              key={title}
              title={
                <>
                  {title} <Count>{some.length}</Count>
                </>
              }
            >
              <ul aria-label={title}>
                {some.map((concern) => (
                  <ConcernRow key={`${concern.kind} ${concern.service} ${concern.title}`} concern={concern} />
                ))}
              </ul>
            </Section>
          ))}
        </>
      )}
    </>
  );
}

function concernedServices(items: readonly RebootConcern[]): number {
  return new Set(items.flatMap(({ service }) => service ?? [])).size;
}

function ConcernRow({ concern: { service, title, words, command, fix } }: { concern: RebootConcern }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] items-start gap-x-6 gap-y-2 border-hairline px-4 py-3 not-first:border-t max-md:grid-cols-1">
      <div className="min-w-0">
        <p className="min-w-0 truncate font-medium">{service ? <ServiceRef id={service} /> : visible(title)}</p>
        <p className="text-12 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
          <LiteralWords text={words} />
        </p>
      </div>
      <div className="grid min-w-0 gap-1.5">
        {command ? <CommandLine command={command} className="min-w-0 max-sm:h-11" /> : null}
        <p className="text-12 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
          <LiteralWords text={fix} />
        </p>
      </div>
    </li>
  );
}
