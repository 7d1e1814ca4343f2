"use client";

import { BellOff, Wrench } from "lucide-react";
import { useState } from "react";
import type { Mute, Rule } from "#lib/alerts/shapes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { Section } from "@/components/settings/section.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay, useMayWhole } from "@/components/shell/me.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { Pill } from "@/components/ui/pill.tsx";
import { QuietDialog } from "./quiet-dialog.tsx";

/** When nobody is told: what somebody muted, and hours in which trouble is expected. */
export function MutesSection() {
  const acts = useMay("act");
  // one about everything is for those who are limited to nothing
  const seesAll = useMayWhole("act");
  const now = useNow();
  const reading = useReading<{ items: Mute[] }>("/alerts/mutes");
  const rules = useReading<{ items: Rule[] }>("/alerts/rules").data?.items ?? NONE;
  const [asked, setAsked] = useState<{ kind: Mute["kind"]; known: Mute | null } | null>(null);
  useReread(reading.reload, { every: 60 });
  return (
    <Section
      title="Mutes and maintenance"
      text="Alerts are listed all the same. Nobody is told of them while one of these holds."
      action={
        acts ? (
          <>
            <Button onClick={() => setAsked({ kind: "mute", known: null })} className="max-sm:h-11">
              Mute…
            </Button>
            <Button onClick={() => setAsked({ kind: "maintenance", known: null })} className="max-sm:h-11">
              Plan maintenance…
            </Button>
          </>
        ) : null
      }
    >
      <ReadView reading={reading} what="The mutes" rows={1}>
        {({ items: all }) => {
          const items = all.filter((mute) => !isOver(mute, now));
          return items.length === 0 ? (
            <p className="px-4 py-3 text-muted-foreground">None: whatever begins is told.</p>
          ) : (
            <ul aria-label="Mutes and maintenance">
              {items.map((mute) => (
                <MuteRow
                  key={mute.id}
                  mute={mute}
                  rules={rules}
                  mayChange={acts && (seesAll || mute.services.length > 0)}
                  onChange={() => setAsked({ kind: mute.kind, known: mute })}
                  onChanged={reading.reload}
                />
              ))}
            </ul>
          );
        }}
      </ReadView>
      {asked ? (
        <QuietDialog
          {...asked}
          rules={rules}
          onClose={() => setAsked(null)}
          onSaved={() => {
            setAsked(null);
            reading.reload();
          }}
        />
      ) : null}
    </Section>
  );
}

const NONE: readonly Rule[] = [];

/** `now` in milliseconds. One that comes again is never over. */
function isOver({ cron, until, active }: Mute, now: number): boolean {
  return !active && cron === null && until !== null && Date.parse(until) < now;
}

interface MuteRowProps {
  mute: Mute;
  rules: readonly Rule[];
  mayChange: boolean;
  onChange: () => void;
  onChanged: () => void;
}

function MuteRow({ mute, rules, mayChange, onChange, onChanged }: MuteRowProps) {
  const { kind, services, rule, reason, by, active } = mute;
  const Icon = kind === "mute" ? BellOff : Wrench;
  const about = [
    ...(rule === null ? [] : [rules.find(({ id }) => id === rule)?.name ?? "a rule that is gone"]),
    services.length === 0 ? (rule === null ? "Everything" : "every service") : services.join(", "),
  ].join(", ");
  const verb = active || kind === "mute" ? "End" : "Call off";
  const end = () =>
    void attempt(`${about} stays muted`, async () => {
      await call("DELETE", `/alerts/mutes/${encodeURIComponent(mute.id)}`);
      onChanged();
    });
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-3 border-hairline px-4 py-2.5 not-first:border-t">
      <Icon aria-hidden="true" className="icon mt-0.5 text-muted-foreground" />
      <div className="min-w-0">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span className="min-w-0 truncate font-medium" title={visible(about)}>
            {visible(about)}
          </span>
          {active ? <Pill small>now</Pill> : null}
        </p>
        <p className="text-12 text-muted-foreground [overflow-wrap:anywhere]">
          {kind === "mute" ? "muted" : "maintenance"} <LiteralWords text={whenOf(mute)} />
          {reason ? `: ${visible(reason)}` : ""}, by {visible(by)}
        </p>
      </div>
      {mayChange ? (
        <span className="flex">
          <Button size="sm" variant="ghost" aria-label={`Edit: ${about}`} onClick={onChange} className="max-sm:h-11">
            Edit
          </Button>
          <Button size="sm" variant="ghost" aria-label={`${verb}: ${about}`} onClick={end} className="max-sm:h-11">
            {verb}
          </Button>
        </span>
      ) : null}
    </li>
  );
}

/** `until Fri 14 Nov, 18:00`, `from … for 2 h`, `0 3 * * 0` in backquotes with its zone and length. */
function whenOf({ kind, from, until, cron, timezone, lasts }: Mute): string {
  if (cron) return `\`${cron}\` ${timezone ?? ""}${lasts ? ` for ${formatDuration(lasts)}` : ""}`;
  if (kind === "maintenance") return `from ${formatDay(from)}${until ? ` to ${formatDay(until)}` : ""}`;
  return until ? `until ${formatDay(until)}` : "until somebody ends it";
}
