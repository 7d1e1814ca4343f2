"use client";

import { Cloud, HardDrive, Network, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Destination } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { ReadView } from "@/components/settings/read-view.tsx";
import { AddButton, PageHead } from "@/components/settings/section.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { DestinationDialog } from "./destination-dialog.tsx";
import { EncryptionsSection } from "./encryptions-section.tsx";

const ICON = { local: HardDrive, s3: Cloud, sftp: Network };
const KIND = { local: "the folder of backups on this server", s3: "S3-compatible storage", sftp: "SFTP" };

/** Where copies go, whether it can be reached, and how they are encrypted. */
export function DestinationsPage() {
  const configures = useMay("configure");
  const reading = useReading<{ items: Destination[] }>("/destinations");
  const [asked, setAsked] = useState<Destination | "new" | null>(null);
  const saved = () => {
    setAsked(null);
    reading.reload();
  };
  return (
    <>
      <PageHead
        title="Destinations"
        text="Every backup is written here first, verified, and then copied to the destinations of its plan."
      >
        {configures ? <AddButton onClick={() => setAsked("new")}>Add destination…</AddButton> : null}
      </PageHead>
      <ReadView reading={reading} what="The destinations">
        {({ items }) => (
          <Panel aria-label="Destinations" className="overflow-hidden">
            <ul>
              {items.map((destination) => (
                <DestinationRow
                  key={destination.id}
                  destination={destination}
                  onEdit={configures && destination.kind !== "local" ? () => setAsked(destination) : null}
                  onChanged={reading.reload}
                />
              ))}
            </ul>
          </Panel>
        )}
      </ReadView>
      {configures ? <EncryptionsSection /> : null}
      {asked ? (
        <DestinationDialog known={asked === "new" ? null : asked} onClose={() => setAsked(null)} onSaved={saved} />
      ) : null}
    </>
  );
}

interface DestinationRowProps {
  destination: Destination;
  /** null: they may not, or there is nothing to change */
  onEdit: (() => void) | null;
  onChanged: () => void;
}

function DestinationRow({ destination, onEdit, onChanged }: DestinationRowProps) {
  const [deleting, setDeleting] = useState(false);
  const [checking, setChecking] = useState(false);
  const { name, kind, problem, checkedAt, failingSince } = destination;
  const path = `/destinations/${encodeURIComponent(destination.id)}`;
  const Icon = ICON[kind];
  const check = async () => {
    setChecking(true);
    const done = await attempt(`${name} could not be checked`, async () => {
      const now = await call<Destination | undefined>("POST", `${path}/check`);
      if (now && now.problem === null) say({ tone: "ok", title: `${name} answers` });
    });
    setChecking(false);
    if (done) onChanged();
  };
  const remove = async () => {
    setDeleting(false);
    if (!(await attempt(`${name} was not removed`, () => call("DELETE", path)))) return;
    say({ tone: "ok", title: `${name} is removed`, text: "What was copied there stays there." });
    onChanged();
  };
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_minmax(0,0.8fr)_auto] items-start gap-x-3 gap-y-1 border-hairline px-3.5 py-2.5 not-first:border-t max-sm:grid-cols-[16px_minmax(0,1fr)]">
      <Icon aria-hidden="true" className="icon mt-0.5 text-muted-foreground" />
      <div className="min-w-0">
        <p className="truncate font-medium">{visible(name)}</p>
        <p className="text-12 text-muted-foreground [overflow-wrap:anywhere]">
          {KIND[kind]}
          {placeWords(destination) ? (
            <>
              {": "}
              <code className="font-mono">{visible(placeWords(destination))}</code>
            </>
          ) : null}
        </p>
        {problem === null ? null : (
          <p className="mt-1 flex gap-1.5 text-12 text-warn">
            <TriangleAlert aria-hidden="true" className="mt-px size-3.5 flex-none stroke-[1.75]" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {visible(problem)}
              {failingSince ? (
                <>
                  , since <TimeAgo time={failingSince} />
                </>
              ) : null}
            </span>
          </p>
        )}
      </div>
      <p className="text-12 leading-[18px] text-muted-foreground max-sm:col-start-2">
        {plural(destination.backups, "backup")}, {formatBytes(destination.size)}
        {destination.free === null ? "" : `, ${formatBytes(destination.free)} free`}
        {checkedAt ? (
          <span className="block text-subtle-foreground">
            checked <TimeAgo time={checkedAt} ago whole />
          </span>
        ) : null}
      </p>
      {onEdit ? (
        <div className="flex gap-1 max-sm:col-start-2">
          <Button
            size="sm"
            disabled={checking}
            aria-label={`Check ${name}`}
            onClick={() => void check()}
            className="max-sm:h-11"
          >
            {checking ? "Checking" : "Check"}
          </Button>
          <Button size="sm" variant="ghost" aria-label={`Edit ${name}`} onClick={onEdit} className="max-sm:h-11">
            Edit…
          </Button>
          <Button
            size="sm"
            variant="ghost"
            aria-label={`Remove ${name}`}
            onClick={() => setDeleting(true)}
            className="max-sm:h-11"
          >
            Remove…
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Remove ${visible(name)}?`}
        text="Plans copy nothing there any more, and its credentials are forgotten. What was copied stays there."
        verb="Remove"
        keep="Keep it"
        onConfirm={() => void remove()}
      />
    </li>
  );
}

function placeWords({ kind, config }: Destination): string {
  const text = (name: string) => (typeof config[name] === "string" ? (config[name] as string) : "");
  if (kind === "s3") return [text("endpoint"), text("bucket"), text("prefix")].filter(Boolean).join("/");
  if (kind === "sftp") return `${text("user")}@${text("host")}:${text("folder")}`;
  return text("folder") || text("path");
}
