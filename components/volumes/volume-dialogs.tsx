"use client";

import { useMemo } from "react";
import type { Backup } from "#lib/backups/shapes.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { BackupDialog } from "@/components/backups/backup-dialog.tsx";
import { isGood } from "@/components/backups/backup-words.ts";
import { ImportDialog } from "@/components/backups/import-dialog.tsx";
import { RestoreDialog } from "@/components/backups/restore-dialog.tsx";
import { ScheduleDialog } from "@/components/backups/schedule-dialog.tsx";
import { type Backups, useBackups } from "@/components/backups/use-backups.ts";
import { Dialog } from "@/components/ui/dialog.tsx";
import { DeleteVolume } from "./delete-volume.tsx";
import { NewVolumeDialog } from "./new-volume-dialog.tsx";

/** What somebody is about to do. */
export type Asked =
  | { kind: "create" }
  | { kind: "import"; volume: Volume | null }
  | { kind: "backup" | "clone" | "delete" | "schedule"; volume: Volume }
  /** without a backup: the newest good one */
  | { kind: "restore"; volume: Volume; backup: Backup | null };

interface VolumeDialogsProps {
  asked: Asked | null;
  onAsk: (asked: Asked | null) => void;
  volumes: readonly Volume[];
  /** of the volume that is open */
  openBackups: Backups;
  onChanged: () => void;
  onOpen: (id: string) => void;
}

/** The dialogs of the page, one at a time. */
export function VolumeDialogs({ asked, onAsk, volumes, onChanged, onOpen }: VolumeDialogsProps) {
  const taken = useMemo(() => new Set(volumes.map(({ name }) => name)), [volumes]);
  if (!asked) return null;
  const close = () => onAsk(null);
  const done = () => {
    close();
    onChanged();
  };
  switch (asked.kind) {
    case "create":
      return <NewVolumeDialog taken={taken} onClose={close} onMade={done} />;
    case "clone":
      return <NewVolumeDialog of={asked.volume} taken={taken} onClose={close} onMade={done} />;
    case "delete":
      return <DeleteVolume volume={asked.volume} onClose={close} onGone={done} />;
    case "backup":
      return (
        <BackupDialog
          source={{ volume: asked.volume.id }}
          title={asked.volume.name}
          onClose={close}
          onStarted={close}
        />
      );
    case "schedule":
      return (
        <ScheduleDialog
          source={{ volume: asked.volume.id }}
          title={asked.volume.name}
          id={asked.volume.schedule?.id ?? null}
          onClose={close}
          onSaved={done}
        />
      );
    case "import":
      return <ImportDialog volume={asked.volume} onClose={close} onStarted={close} />;
    case "restore":
      return <RestoreVolume asked={asked} taken={taken} onClose={close} onOpen={onOpen} />;
  }
}

interface RestoreVolumeProps {
  asked: Extract<Asked, { kind: "restore" }>;
  taken: ReadonlySet<string>;
  onClose: () => void;
  onOpen: (id: string) => void;
}

function RestoreVolume({ asked: { volume, backup }, taken, onClose, onOpen }: RestoreVolumeProps) {
  const known = useBackups(backup ? null : volume.id);
  const chosen = backup ?? known.items?.find(isGood) ?? null;
  if (!chosen) {
    const none = known.items !== null || known.problem !== null;
    return (
      <Dialog
        open
        onClose={onClose}
        title={
          none ? `There is no backup of ${volume.name} to restore` : `Looking for the newest backup of ${volume.name}`
        }
        text={none ? (known.problem?.words ?? "Back it up first, or import a backup made elsewhere.") : undefined}
      />
    );
  }
  return (
    <RestoreDialog
      backup={chosen}
      place={volume.name}
      taken={taken}
      onClose={onClose}
      onStarted={() => {
        onClose();
        onOpen(volume.id);
      }}
    />
  );
}
