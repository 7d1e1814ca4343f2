"use client";

import { useState } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatSince } from "#lib/format/duration.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { parseServiceId } from "#lib/services/id.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog, TypedConfirmDialog } from "@/components/ui/dialog.tsx";

interface DeleteVolumeProps {
  volume: Volume;
  onClose: () => void;
  onGone: () => void;
}

/** Removing a volume: a backup is made of it first, and its name is typed. What is in use is not removed at all. */
export function DeleteVolume({ volume, onClose, onGone }: DeleteVolumeProps) {
  const { put } = useJobs();
  const [asked, setAsked] = useState(false);
  const { name, usedBy, size } = volume;
  if (usedBy.length > 0) {
    const users = usedBy.map((id) => visible(parseServiceId(id)?.name ?? id)).join(", ");
    return (
      <Dialog
        open
        onClose={onClose}
        title={`${visible(name)} is in use`}
        text={`${users} ${usedBy.length === 1 ? "has" : "have"} it mounted, running or not. Docker removes it once ${usedBy.length === 1 ? "that container is" : "those containers are"} removed.`}
        footer={<Button onClick={onClose}>Close</Button>}
      />
    );
  }
  const remove = async () => {
    setAsked(true);
    const gone = await attempt(`${name} was not deleted`, async () => {
      const job = await call<Job | undefined>("DELETE", `/volumes/${volume.id}?confirm=${encodeURIComponent(name)}`);
      if (job) put(job);
      else say({ tone: "ok", title: `${name} is deleted` });
    });
    if (gone) onGone();
    else onClose();
  };
  const last = volume.lastBackup
    ? `Its newest backup is ${formatSince(volume.lastBackup.createdAt, Date.now())} old.`
    : "There is no backup of it.";
  return (
    <TypedConfirmDialog
      open={!asked}
      onClose={onClose}
      title={`Delete volume ${visible(name)}?`}
      text={`${size === null ? "Its size is not known" : formatBytes(size)}, used by nothing. ${last} One is made now, verified, and only then is the volume removed.`}
      name={name}
      verb="Back up and delete"
      onConfirm={() => void remove()}
    />
  );
}
