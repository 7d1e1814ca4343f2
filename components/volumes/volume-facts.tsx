"use client";

import type { ReactNode } from "react";
import type { Backup } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useMay } from "@/components/shell/me.tsx";
import { TimeAgo, TimeUntil } from "@/components/ui/time-ago.tsx";
import type { Asked } from "./volume-dialogs.tsx";
import { VolumeUser } from "./volume-user.tsx";

interface VolumeFactsProps {
  volume: Volume;
  backups: readonly Backup[] | null;
  onAsk: (asked: Asked) => void;
}

/** What is known of it, two by two. */
export function VolumeFacts({ volume, backups, onAsk }: VolumeFactsProps) {
  const { size, files, usedBy, schedule } = volume;
  const configures = useMay("configure");
  const kept = backups?.filter((backup) => backup.kept).length ?? 0;
  return (
    <dl className="grid flex-none grid-cols-2 gap-x-4 gap-y-0.5 border-b border-hairline px-5 py-3 text-12 leading-[22px] max-sm:grid-cols-1 max-sm:px-4">
      <Fact name="Size">
        <span className="num">{size === null ? "measuring" : formatBytes(size)}</span>
        {files === null ? null : <span className="num text-subtle-foreground">{plural(files, "file")}</span>}
      </Fact>
      <Fact name="Used by">
        {usedBy.length === 0 ? (
          <span className="text-subtle-foreground">nothing</span>
        ) : (
          usedBy.map((id) => <VolumeUser key={id} id={id} short />)
        )}
      </Fact>
      <Fact name="Schedule">
        <span className="truncate">
          {schedule ? schedule.words : <span className="text-subtle-foreground">none</span>}
        </span>
        {configures ? (
          <button
            type="button"
            className="textlink flex-none max-sm:h-11"
            onClick={() => onAsk({ kind: "schedule", volume })}
          >
            {schedule ? "Edit" : "Add"}
          </button>
        ) : null}
      </Fact>
      <Fact name="Next">
        {schedule?.enabled && schedule.nextRun ? (
          <TimeUntil time={schedule.nextRun} />
        ) : (
          <span className="text-subtle-foreground">{schedule && !schedule.enabled ? "paused" : "never"}</span>
        )}
      </Fact>
      <Fact name="Keeps">
        <span className="truncate" title={schedule?.keeps}>
          {[schedule ? visible(keepsOf(schedule)) : null, kept > 0 ? `${kept} kept` : null]
            .filter(Boolean)
            .join(", ") || <span className="text-subtle-foreground">all</span>}
        </span>
      </Fact>
      <Fact name="Goes to">
        <code className="truncate font-mono" title={schedule?.destinations.join(", ")}>
          {schedule && schedule.destinations.length > 0 ? visible(schedule.destinations.join(", ")) : "local"}
        </code>
      </Fact>
      {volume.group === null ? null : (
        <Fact name="Stack">
          <span className="truncate">{visible(volume.group)}</span>
        </Fact>
      )}
      {volume.measuredAt === null ? null : (
        <Fact name="Measured">
          <TimeAgo time={volume.measuredAt} ago />
        </Fact>
      )}
    </dl>
  );
}

/** `14, s3` without the places, which stand beside it. */
function keepsOf({ keeps, destinations }: NonNullable<Volume["schedule"]>): string {
  const places = new Set(["local", ...destinations]);
  const parts = keeps.replace(/^keep /, "").split(", ");
  return parts.filter((part) => !places.has(part)).join(", ") || "all";
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 grid-cols-[60px_minmax(0,1fr)]">
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="flex min-w-0 items-center gap-2 overflow-hidden whitespace-nowrap">{children}</dd>
    </div>
  );
}
