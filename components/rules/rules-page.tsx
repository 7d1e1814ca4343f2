"use client";

import Link from "next/link";
import { useState } from "react";
import type { Channel } from "#lib/alerts/channels/shapes.ts";
import type { Rule } from "#lib/alerts/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { AddButton, PageHead } from "@/components/settings/section.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMayWhole } from "@/components/shell/me.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { RuleDialog } from "./rule-dialog.tsx";
import { SeverityMark } from "./severity-mark.tsx";

/** When somebody is told, each in a sentence; those that are there from the start can be changed too. */
export function RulesPage() {
  const configures = useMayWhole("configure");
  const seesChannels = useMayWhole("read");
  const reading = useReading<{ items: Rule[] }>("/alerts/rules");
  const channels = useReading<{ items: Channel[] }>(seesChannels ? "/channels" : null).data?.items ?? NONE;
  const [asked, setAsked] = useState<Rule | "new" | null>(null);
  useReread(reading.reload, { every: 60 });
  return (
    <>
      <PageHead
        title="Rules"
        text="When an alert begins, and who is told. The first ones are there from the start; each can be changed or turned off."
      >
        {configures ? <AddButton onClick={() => setAsked("new")}>New rule…</AddButton> : null}
      </PageHead>
      <ReadView reading={reading} what="The rules" rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No rules">Without one no alert ever begins.</EmptyBox>
          ) : (
            <Panel aria-label="Rules" className="overflow-hidden">
              <ul>
                {items.map((rule) => (
                  <RuleRow
                    key={rule.id}
                    rule={rule}
                    channels={channels}
                    onEdit={configures ? () => setAsked(rule) : null}
                    onChanged={reading.reload}
                  />
                ))}
              </ul>
            </Panel>
          )
        }
      </ReadView>
      {asked ? (
        <RuleDialog
          known={asked === "new" ? null : asked}
          channels={channels}
          onClose={() => setAsked(null)}
          onSaved={() => {
            setAsked(null);
            reading.reload();
          }}
        />
      ) : null}
    </>
  );
}

const NONE: readonly Channel[] = [];

interface RuleRowProps {
  rule: Rule;
  channels: readonly Channel[];
  /** null: they may not */
  onEdit: (() => void) | null;
  onChanged: () => void;
}

function RuleRow({ rule, channels, onEdit, onChanged }: RuleRowProps) {
  const { name, words, enabled, severity, builtIn, open } = rule;
  const turn = (next: boolean) =>
    void attempt(`${name} was not changed`, async () => {
      await call("PATCH", `/alerts/rules/${encodeURIComponent(rule.id)}`, { enabled: next });
      onChanged();
    });
  return (
    <li className="grid min-h-[52px] grid-cols-[16px_minmax(0,1.5fr)_minmax(0,1fr)_112px] items-center gap-x-3 gap-y-1 border-hairline px-3.5 py-2 not-first:border-t max-md:grid-cols-[16px_minmax(0,1fr)_auto] max-sm:py-3">
      <SeverityMark severity={severity} off={!enabled} />
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          <span className={cn("truncate font-medium", !enabled && "text-muted-foreground")}>{visible(name)}</span>
          {builtIn ? null : <Tag>own</Tag>}
          {open > 0 ? (
            <Link
              href="/alerts"
              className="textlink flex-none text-12 max-sm:inline-flex max-sm:min-h-9 max-sm:items-center"
            >
              {plural(open, "open alert")}
            </Link>
          ) : null}
        </p>
        <p className="text-12 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
          <LiteralWords text={words} />
        </p>
      </div>
      <p className="min-w-0 text-12 leading-[18px] text-subtle-foreground max-md:col-start-2 max-md:row-start-2">
        {/* a single one stands in its sentence */}
        {rule.services.length > 1
          ? rule.services.map((pattern) => (
              <span key={pattern} className="block truncate font-mono" title={pattern}>
                {pattern}
              </span>
            ))
          : null}
        {toldBy(rule, channels)}
      </p>
      <div className="flex items-center justify-end gap-1 max-md:col-start-3 max-md:row-start-1">
        {onEdit ? (
          <>
            <Button
              size="sm"
              variant="ghost"
              aria-label={`Edit ${name}`}
              onClick={onEdit}
              className="max-sm:h-11 max-sm:px-2"
            >
              Edit…
            </Button>
            <Switch label={`Rule: ${name}`} checked={enabled} onChange={turn} className="ml-1.5" />
          </>
        ) : enabled ? null : (
          <span className="text-12 text-muted-foreground">off</span>
        )}
      </div>
    </li>
  );
}

/** Who is told, where it is not whoever takes everything; nothing where the channels are not known. */
function toldBy({ channels: ids }: Rule, channels: readonly Channel[]): string | null {
  if (ids === null) return null;
  if (ids.length === 0) return "told by nobody";
  const names = ids.flatMap((id) => channels.find((channel) => channel.id === id)?.name ?? []);
  return names.length > 0 ? `told by ${names.map(visible).join(", ")}` : `told by ${plural(ids.length, "channel")}`;
}
