"use client";

import { Check, ShieldCheck, ShieldX, X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { Backup } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { formatSeconds } from "@/components/jobs/job-words.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { TypedConfirmDialog } from "@/components/ui/dialog.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";

interface BackupDetailProps {
  backup: Backup;
  onRestore: (backup: Backup) => void;
  onChanged: () => void;
}

/** How far a backup is proven, what it is, and what can be done with it. */
export function BackupDetail({ backup, onRestore, onChanged }: BackupDetailProps) {
  return (
    <div className="grid gap-2 px-5 pb-3.5 pl-[42px] text-12 max-sm:px-4">
      {backup.damage === null ? null : (
        <Note tone="fail" title="This backup is damaged">
          {visible(backup.damage)}
        </Note>
      )}
      {backup.leftOut === 0 ? null : (
        <Note tone="warn" title={`${plural(backup.leftOut, "entry is", "entries are")} not in it`}>
          Trihelm may not read them, or they went away while it was made.
        </Note>
      )}
      {backup.drill ? <DrillReport drill={backup.drill} /> : null}
      <p className="text-pretty text-subtle-foreground [overflow-wrap:anywhere]">{factsWords(backup)}</p>
      <Actions backup={backup} onRestore={onRestore} onChanged={onChanged} />
    </div>
  );
}

function DrillReport({ drill }: { drill: NonNullable<Backup["drill"]> }) {
  const Icon = drill.passed ? ShieldCheck : ShieldX;
  return (
    <div>
      <p className="flex min-h-[26px] flex-wrap items-center gap-x-[7px]">
        <Icon
          aria-hidden="true"
          className={`size-[15px] flex-none stroke-[1.75] ${drill.passed ? "text-ok" : "text-fail"}`}
        />
        <b className="font-medium">Restore drill {drill.passed ? "passed" : "failed"}</b>
        <span className="text-muted-foreground">
          {formatSeconds(drill.seconds)}, <TimeAgo time={drill.at} ago whole />
        </span>
      </p>
      <ul>
        {drill.steps.map(({ text, result, passed }, index) => {
          const Sign = passed ? Check : X;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a drill that is over does not change
            <li key={index} className="flex min-h-[22px] items-center gap-1.5 text-muted-foreground">
              <Sign aria-hidden="true" className={`size-3.5 flex-none stroke-2 ${passed ? "text-ok" : "text-fail"}`} />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                {passed ? null : <span className="sr-only">Failed: </span>}
                {visible(text)}
              </span>
              <span className="ml-auto max-w-[50%] pl-2 text-right text-subtle-foreground [overflow-wrap:anywhere]">
                {visible(result)}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const CONSISTENCY = {
  pause: "services paused while it was read",
  stop: "services stopped while it was read",
  live: "read while services ran",
};

function factsWords(backup: Backup): string {
  const { files, originalSize, consistency, encrypted, engine, copies, note, safety } = backup;
  const parts = [
    note ? `“${visible(note)}”` : null,
    `${plural(files, "file")}, ${formatBytes(originalSize)} unpacked`,
    CONSISTENCY[consistency],
    encrypted ? "encrypted" : null,
    engine === "restic" ? "by restic" : null,
    copies.length > 0 ? `copies: ${copies.map(({ name }) => visible(name)).join(", ")}` : null,
    backup.schedule === null && safety === null ? "made by hand" : null,
    safety?.until ? `kept until ${formatDay(safety.until)}` : null,
  ];
  return parts.filter(Boolean).join(" · ");
}

function Actions({ backup, onRestore, onChanged }: BackupDetailProps) {
  const [deleting, setDeleting] = useState(false);
  const [mayBack, mayRestore, mayDelete] = [useMay("backup"), useMay("restore"), useMay("delete")];
  const { put } = useJobs();
  const path = `/backups/${encodeURIComponent(backup.id)}`;
  const start = (what: "verify" | "drill") =>
    void attempt(`${backup.title} was not ${what === "verify" ? "verified" : "drilled"}`, async () => {
      put(await call<Job>("POST", `${path}/${what}`));
    });
  const keep = () =>
    void attempt("The backup was not changed", async () => {
      await call("PATCH", path, { kept: !backup.kept });
      onChanged();
    });
  const remove = async () => {
    setDeleting(false);
    if (!(await attempt("The backup was not deleted", () => call("DELETE", path)))) return;
    say({ tone: "ok", title: `The backup of ${formatDay(backup.createdAt)} is deleted` });
    onChanged();
  };
  return (
    <div className="flex flex-wrap gap-1 max-sm:gap-1.5">
      {mayRestore && backup.damage === null ? (
        <Button size="sm" className={TALL} onClick={() => onRestore(backup)}>
          Restore this one…
        </Button>
      ) : null}
      {backup.engine === "archive" ? (
        <Link href={`/backups/${encodeURIComponent(backup.id)}`} className={buttonStyle({ ...GHOST, className: TALL })}>
          Browse files
        </Link>
      ) : null}
      {backup.engine === "archive" ? (
        <a href={`/api/v1${path}/archive`} download className={buttonStyle({ ...GHOST, className: TALL })}>
          Download
        </a>
      ) : null}
      {mayBack ? (
        <>
          <Button {...GHOST} className={TALL} onClick={() => start("verify")}>
            Verify
          </Button>
          <Button {...GHOST} className={TALL} onClick={() => start("drill")}>
            Drill
          </Button>
          <Button {...GHOST} className={TALL} onClick={keep}>
            {backup.kept ? "Keep no longer" : "Keep"}
          </Button>
        </>
      ) : null}
      {mayDelete ? (
        <Button {...GHOST} className={`${TALL} text-fail`} onClick={() => setDeleting(true)}>
          Delete…
        </Button>
      ) : null}
      <TypedConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete the backup of ${formatDay(backup.createdAt)}?`}
        text={`${formatBytes(backup.size)} of ${visible(backup.title)}${backup.copies.length > 0 ? `, with ${plural(backup.copies.length, "copy", "copies")} elsewhere` : ""}, made ${formatDuration((Date.now() - Date.parse(backup.createdAt)) / 1000)} ago. This cannot be undone.`}
        name={backup.title}
        verb="Delete backup"
        onConfirm={() => void remove()}
      />
    </div>
  );
}

const GHOST = { variant: "ghost", size: "sm" } as const;
const TALL = "max-sm:h-11";
