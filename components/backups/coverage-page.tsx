"use client";

import { CircleCheck, CircleDashed, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Source } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import { parseServiceId } from "#lib/services/id.ts";
import type { Coverage } from "#lib/volumes/shapes.ts";
import { useJobTurns } from "@/components/jobs/jobs-store.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useMay } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Chips } from "@/components/ui/segmented.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { BackupDialog } from "./backup-dialog.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";

const KIND: Record<Coverage["kind"], string> = {
  volume: "Volume",
  bind: "Bind mount",
  "unit-state": "State of a unit",
  "unit-folder": "Folder of a unit",
  "unit-environment": "Environment file",
  "pm2-folder": "Folder of an app",
  "pm2-dump": "PM2 dump",
  compose: "Compose files",
};

const STANDING: Record<Coverage["covered"], { icon: typeof CircleCheck; word: string; tone: string }> = {
  scheduled: { icon: CircleCheck, word: "by plan", tone: "text-muted-foreground" },
  once: { icon: CircleDashed, word: "once, no plan", tone: "text-warn" },
  none: { icon: TriangleAlert, word: "no backup", tone: "text-warn" },
};

type Show = "all" | Coverage["covered"];
type Asked = { kind: "backup" | "schedule"; item: Coverage };

/** What holds data on this server, and which of it has no backup. */
export function CoveragePage() {
  const reading = useReading<{ items: Coverage[] }>("/coverage");
  const [show, setShow] = useState<Show>("all");
  const [asked, setAsked] = useState<Asked | null>(null);
  useJobTurns(reading.reload);
  const close = () => setAsked(null);
  const about = asked ? { source: asked.item.source as Source, title: asked.item.title } : null;
  return (
    <>
      <PageHead
        title="Coverage"
        text="Everything found that holds data: volumes, bind mounts, what units and apps keep. What has no plan comes first."
      />
      <ReadView reading={reading} what="The coverage">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="Nothing that holds data was found">
              Volumes, mounted folders and the state of services appear here as soon as there are any.
            </EmptyBox>
          ) : (
            <>
              <div className="flex flex-wrap items-center gap-3">
                <p className="font-medium">
                  {count(items, "scheduled")} of {items.length} have a plan
                </p>
                <Chips
                  label="Which of them"
                  value={show}
                  options={[
                    { value: "all", label: "All", count: items.length },
                    { value: "none", label: "No backup", count: count(items, "none") },
                    { value: "once", label: "No plan", count: count(items, "once") },
                    { value: "scheduled", label: "By plan", count: count(items, "scheduled") },
                  ]}
                  onChange={setShow}
                  className="max-sm:w-full max-sm:overflow-x-auto max-sm:[&>button]:h-11"
                />
              </div>
              <Panel aria-label="What holds data" className="overflow-hidden">
                <ul>
                  {items
                    .filter(({ covered }) => show === "all" || covered === show)
                    .sort((a, b) => RANK[a.covered] - RANK[b.covered])
                    .map((item) => (
                      <CoverageRow
                        key={`${item.kind} ${JSON.stringify(item.source)} ${item.title}`}
                        item={item}
                        onAsk={setAsked}
                      />
                    ))}
                </ul>
              </Panel>
            </>
          )
        }
      </ReadView>
      {asked?.kind === "backup" && about ? <BackupDialog {...about} onClose={close} onStarted={close} /> : null}
      {asked?.kind === "schedule" && about ? (
        <ScheduleDialog
          {...about}
          id={null}
          onClose={close}
          onSaved={() => {
            close();
            reading.reload();
          }}
        />
      ) : null}
    </>
  );
}

const RANK: Record<Coverage["covered"], number> = { none: 0, once: 1, scheduled: 2 };

function count(items: readonly Coverage[], covered: Coverage["covered"]): number {
  return items.filter((item) => item.covered === covered).length;
}

function CoverageRow({ item, onAsk }: { item: Coverage; onAsk: (asked: Asked) => void }) {
  const [backs, configures] = [useMay("backup"), useMay("configure")];
  const { icon: Icon, word, tone } = STANDING[item.covered];
  const users = item.services.map((id) => visible(parseServiceId(id)?.name ?? id)).join(", ");
  return (
    <li className="grid min-h-[52px] grid-cols-[minmax(0,1fr)_80px_150px_auto] items-center gap-x-[18px] gap-y-1 border-hairline px-3.5 py-1.5 not-first:border-t max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:py-3">
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          <span className="truncate font-mono font-medium" title={visible(item.title)}>
            {visible(item.title)}
          </span>
          <Tag>{KIND[item.kind]}</Tag>
        </p>
        <p className="truncate text-12 text-muted-foreground" title={users}>
          {users || "used by nothing"}
        </p>
      </div>
      <span className="num text-right text-12">{item.size === null ? "" : formatBytes(item.size)}</span>
      <div className="min-w-0 text-12 leading-[18px]">
        <p className={cn("flex items-center gap-1.5", tone)}>
          <Icon aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
          {word}
        </p>
        {item.lastBackup ? (
          <p className="text-subtle-foreground">
            last <TimeAgo time={item.lastBackup} ago whole />
          </p>
        ) : null}
      </div>
      <div className="flex justify-end gap-1 max-sm:col-span-2 max-sm:justify-start">
        {backs ? (
          <Button
            size="sm"
            variant="ghost"
            onClick={() => onAsk({ kind: "backup", item })}
            aria-label={`Back up ${item.title}`}
            className="max-sm:h-11"
          >
            Back up…
          </Button>
        ) : null}
        {configures && item.covered !== "scheduled" ? (
          <Button
            size="sm"
            onClick={() => onAsk({ kind: "schedule", item })}
            aria-label={`Add schedule for ${item.title}`}
            className="max-sm:h-11"
          >
            Add schedule…
          </Button>
        ) : null}
      </div>
    </li>
  );
}
