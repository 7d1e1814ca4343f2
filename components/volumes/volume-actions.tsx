"use client";

import {
  Archive,
  CalendarClock,
  Copy,
  CopyPlus,
  Ellipsis,
  FolderOpen,
  History,
  Lock,
  LockOpen,
  ShieldCheck,
  Trash2,
  Upload,
} from "lucide-react";
import { useRouter } from "next/navigation";
import type { Backup } from "#lib/backups/shapes.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { isGood } from "@/components/backups/backup-words.ts";
import { useBackUp } from "@/components/backups/use-back-up.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { copyText } from "@/components/ui/copy-button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import type { Asked } from "./volume-dialogs.tsx";

interface VolumeActionsProps {
  volume: Volume;
  /** null while they are not known */
  backups: readonly Backup[] | null;
  /** the job that is about it now: its buttons wait */
  busy: Job | null;
  onAsk: (asked: Asked) => void;
  onChanged: () => void;
}

/** What somebody may do with it; what would be refused is not there. */
export function VolumeActions({ volume, backups, busy, onAsk, onChanged }: VolumeActionsProps) {
  const backs = volume.actions.includes("backup");
  const restores = volume.actions.includes("restore");
  const newest = backups?.find(isGood) ?? null;
  const { put } = useJobs();
  const backUp = useBackUp();
  const drill = (backup: Backup) =>
    void attempt(`${volume.name} was not drilled`, async () => {
      put(await call<Job>("POST", `/backups/${encodeURIComponent(backup.id)}/drill`));
    });
  return (
    <div className="mt-2.5 flex flex-wrap gap-1.5">
      {restores ? (
        <Button
          icon={<History aria-hidden="true" />}
          disabled={busy !== null || backups?.length === 0}
          title={backups?.length === 0 ? "There is no backup to restore" : undefined}
          className={WIDE}
          onClick={() => onAsk({ kind: "restore", volume, backup: null })}
        >
          Restore…
        </Button>
      ) : null}
      {backs ? (
        <Button
          icon={<Archive aria-hidden="true" />}
          disabled={busy !== null}
          className={WIDE}
          onClick={() => backUp(volume)}
        >
          Back up now
        </Button>
      ) : null}
      {backs ? (
        <Button
          icon={<ShieldCheck aria-hidden="true" />}
          disabled={busy !== null || newest === null}
          title={newest === null ? "There is no backup to drill" : undefined}
          className={WIDE}
          onClick={() => newest && drill(newest)}
        >
          Drill now
        </Button>
      ) : null}
      <MoreMenu volume={volume} busy={busy} onAsk={onAsk} onChanged={onChanged} />
    </div>
  );
}

const WIDE = "flex-1 px-2 max-sm:h-11";

function MoreMenu({ volume, busy, onAsk, onChanged }: Omit<VolumeActionsProps, "backups">) {
  const router = useRouter();
  const configures = useMay("configure");
  const can = (action: Volume["actions"][number]) => volume.actions.includes(action);
  const protect = () =>
    void attempt(`${volume.name} was not changed`, async () => {
      await call("PATCH", `/volumes/${volume.id}`, { protected: !volume.protected });
      say({ tone: "ok", title: `${volume.name} is ${volume.protected ? "no longer protected" : "protected"}` });
      onChanged();
    });
  return (
    <Menu
      trigger={
        <IconButton label={`More for ${volume.name}`} look="line" className="max-sm:size-11">
          <Ellipsis aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem icon={<FolderOpen aria-hidden="true" />} onSelect={() => router.push(`/volumes/${volume.id}`)}>
        Look inside
      </MenuItem>
      <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copyText(volume.name)}>
        Copy name
      </MenuItem>
      {can("backup") ? (
        <MenuItem
          icon={<Archive aria-hidden="true" />}
          disabled={busy !== null}
          onSelect={() => onAsk({ kind: "backup", volume })}
        >
          Back up with choices…
        </MenuItem>
      ) : null}
      {can("clone") ? (
        <MenuItem icon={<CopyPlus aria-hidden="true" />} onSelect={() => onAsk({ kind: "clone", volume })}>
          Clone…
        </MenuItem>
      ) : null}
      {can("backup") ? (
        <MenuItem icon={<Upload aria-hidden="true" />} onSelect={() => onAsk({ kind: "import", volume })}>
          Import backup…
        </MenuItem>
      ) : null}
      {configures && volume.schedule === null ? (
        <MenuItem icon={<CalendarClock aria-hidden="true" />} onSelect={() => onAsk({ kind: "schedule", volume })}>
          Create schedule…
        </MenuItem>
      ) : null}
      {can("protect") ? (
        <MenuItem
          icon={volume.protected ? <LockOpen aria-hidden="true" /> : <Lock aria-hidden="true" />}
          onSelect={protect}
        >
          {volume.protected ? "Unprotect" : "Protect"}
        </MenuItem>
      ) : null}
      {can("delete") ? (
        <>
          <MenuSeparator />
          <MenuItem
            icon={<Trash2 aria-hidden="true" />}
            danger
            disabled={busy !== null}
            onSelect={() => onAsk({ kind: "delete", volume })}
          >
            Delete…
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}
