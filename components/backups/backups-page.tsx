"use client";

import { ListFilter } from "lucide-react";
import { useMemo, useState } from "react";
import type { Backup, Source } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { parseServiceId } from "#lib/services/id.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { JobsPanel } from "@/components/jobs/jobs-panel.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { AddButton, PageHead } from "@/components/settings/section.tsx";
import { useMay } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { BackupDialog } from "./backup-dialog.tsx";
import { BackupList, Proof } from "./backup-list.tsx";
import { isGood, sourceKeyOf, sourceKind } from "./backup-words.ts";
import { ImportDialog } from "./import-dialog.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";
import { useBackups } from "./use-backups.ts";

type Asked = { kind: "backup" } | { kind: "import" } | { kind: "restore"; backup: Backup };

/** Every backup that is kept, by what it is of: volumes, folders, services, stacks. */
export function BackupsPage() {
  const backups = useBackups("");
  const [q, setQ] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const backs = useMay("backup");
  const sources = useMemo(() => bySource(backups.items ?? []), [backups.items]);
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = sources.filter(({ title, kind }) => {
    const text = `${title}\n${kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const reading = { data: backups.items, problem: backups.problem, reload: backups.reload };
  const close = () => setAsked(null);
  return (
    <>
      <PageHead title="Backups" text="What is kept, by what it is of. Each can be browsed, proven and restored.">
        {backs ? (
          <Button onClick={() => setAsked({ kind: "import" })} className="max-sm:h-11 max-sm:flex-1">
            Import backup
          </Button>
        ) : null}
        {backs ? <AddButton onClick={() => setAsked({ kind: "backup" })}>Back up…</AddButton> : null}
      </PageHead>
      <JobsPanel />
      <ReadView reading={reading} what="The backups">
        {() =>
          sources.length === 0 ? (
            <EmptyBox title="No backups yet">
              {backs
                ? "Back up a volume, a folder, a service or a whole stack, or make a plan that does so by itself."
                : "Nothing has been backed up on this server."}
            </EmptyBox>
          ) : (
            <>
              <TextField
                type="search"
                label="Filter backups"
                placeholder="Filter by name or kind"
                icon={<ListFilter aria-hidden="true" />}
                value={q}
                onChange={(event) => setQ(event.target.value)}
                className="w-[300px] max-sm:h-11 max-sm:w-full"
              />
              {shown.length === 0 ? (
                <EmptyBox title={`No backup matches “${q}”`}>
                  Looked at names and kinds of {plural(sources.length, "source")}.
                </EmptyBox>
              ) : (
                <Panel aria-label="Sources" className="overflow-hidden">
                  <ul>
                    {shown.map((source) => (
                      <SourceRow
                        key={source.key}
                        source={source}
                        onRestore={(backup) => setAsked({ kind: "restore", backup })}
                        onChanged={backups.reload}
                      />
                    ))}
                  </ul>
                </Panel>
              )}
              {backups.more ? (
                <Button onClick={backups.readOlder} className="justify-self-start max-sm:h-11">
                  Read older ones
                </Button>
              ) : null}
            </>
          )
        }
      </ReadView>
      {asked?.kind === "backup" ? <BackupDialog onClose={close} onStarted={close} /> : null}
      {asked?.kind === "import" ? <ImportDialog volume={null} onClose={close} onStarted={close} /> : null}
      {asked?.kind === "restore" ? <RestoreBackup backup={asked.backup} onClose={close} /> : null}
    </>
  );
}

interface SourceGroup {
  key: string;
  title: string;
  kind: string;
  /** newest first */
  backups: Backup[];
}

function bySource(backups: readonly Backup[]): SourceGroup[] {
  const groups = new Map<string, SourceGroup>();
  for (const backup of backups) {
    const key = sourceKeyOf(backup.source);
    const group = groups.get(key) ?? { key, title: backup.title, kind: sourceKind(backup.source), backups: [] };
    group.backups.push(backup);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => a.title.localeCompare(b.title, "en", { numeric: true }));
}

interface SourceRowProps {
  source: SourceGroup;
  onRestore: (backup: Backup) => void;
  onChanged: () => void;
}

function SourceRow({ source: { title, kind, backups }, onRestore, onChanged }: SourceRowProps) {
  const [open, setOpen] = useState(false);
  const newest = backups[0]!;
  const total = backups.reduce((sum, { size }) => sum + size, 0);
  return (
    <li className="border-hairline not-first:border-t">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="grid min-h-[52px] w-full grid-cols-[minmax(0,1fr)_96px_150px_90px] items-center gap-x-[18px] px-3.5 text-left hover:bg-muted max-sm:min-h-16 max-sm:grid-cols-[minmax(0,1fr)_auto]"
      >
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-mono font-medium" title={visible(title)}>
            {visible(title)}
          </span>
          <Tag>{kind}</Tag>
        </span>
        <span className="num text-right">{formatBytes(total)}</span>
        <span className="text-12 text-muted-foreground max-sm:hidden">
          {plural(backups.length, "backup")}, <TimeAgo time={newest.createdAt} ago whole />
        </span>
        <span className="text-12 max-sm:hidden">
          <Proof backup={backups.find(isGood) ?? newest} />
        </span>
      </button>
      {open ? (
        <div className="border-t border-hairline">
          <BackupList
            backups={{ items: backups, problem: null, more: false, readOlder: onChanged, reload: onChanged }}
            onRestore={onRestore}
            onChanged={onChanged}
            empty=""
          />
        </div>
      ) : null}
    </li>
  );
}

/** What a restore in place would replace: the volume, the folder, or the whole of it by its name. */
export function placeOf(source: Source, title: string): string {
  if ("volume" in source) return parseServiceId(source.volume)?.name ?? title;
  return "path" in source ? source.path : title;
}

/** Restoring from a list: the names that are taken are asked for. */
export function RestoreBackup({ backup, paths, onClose }: { backup: Backup; paths?: string[]; onClose: () => void }) {
  const { data, problem } = useReading<{ items: Volume[] }>("/volumes");
  if (data === null && problem === null) return null;
  const volumes = data?.items ?? [];
  const { source } = backup;
  const gone = "volume" in source && !volumes.some(({ id }) => id === source.volume);
  return (
    <RestoreDialog
      backup={backup}
      place={gone ? null : placeOf(source, backup.title)}
      taken={new Set(volumes.map(({ name }) => name))}
      {...(paths ? { paths } : {})}
      onClose={onClose}
      onStarted={onClose}
    />
  );
}
