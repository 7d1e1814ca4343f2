"use client";

import { BellRing, CircleCheck, Mail, MessageSquare, TriangleAlert, Webhook } from "lucide-react";
import { useState } from "react";
import type { Channel, ChannelKind } from "#lib/alerts/channels/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { CHANNELS, placeOf } from "./channel-kinds.ts";

const ICON: Partial<Record<ChannelKind, typeof Mail>> = {
  mail: Mail,
  webhook: Webhook,
  alertmanager: Webhook,
  push: BellRing,
};
const LEAST = { info: null, warning: "warnings and critical ones", critical: "critical ones alone" };

interface ChannelRowProps {
  channel: Channel;
  /** null: they may not */
  onEdit: (() => void) | null;
  onChanged: () => void;
}

/** What came of the last test; null: none was sent from here. */
type Tested = { problem: string | null } | null;

/** A channel: what it takes, whether it works, and a test whose outcome stands beside it. */
export function ChannelRow({ channel, onEdit, onChanged }: ChannelRowProps) {
  const [deleting, setDeleting] = useState(false);
  const [testing, setTesting] = useState(false);
  const [tested, setTested] = useState<Tested>(null);
  const { name, kind, config, enabled } = channel;
  const path = `/channels/${encodeURIComponent(channel.id)}`;
  const Icon = ICON[kind] ?? MessageSquare;
  const place = visible(placeOf(kind, config));
  const test = async () => {
    setTesting(true);
    setTested(null);
    try {
      await call("POST", `${path}/test`);
      setTested({ problem: null });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!error.cancelled) setTested({ problem: error.words });
    } finally {
      setTesting(false);
    }
    onChanged();
  };
  const turn = (next: boolean) =>
    void attempt(`${name} was not changed`, async () => {
      await call("PATCH", path, { enabled: next });
      onChanged();
    });
  const remove = async () => {
    setDeleting(false);
    if (await attempt(`${name} stays`, () => call("DELETE", path))) onChanged();
  };
  return (
    <li className="grid grid-cols-[16px_minmax(0,1.4fr)_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1.5 border-hairline px-3.5 py-2.5 not-first:border-t max-md:grid-cols-[16px_minmax(0,1fr)_auto] max-sm:py-3">
      <Icon aria-hidden="true" className="icon mt-0.5 text-muted-foreground" />
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          <span className={cn("truncate font-medium", !enabled && "text-muted-foreground")}>{visible(name)}</span>
          <Tag>{CHANNELS[kind].label}</Tag>
        </p>
        <p className="text-12 text-muted-foreground [overflow-wrap:anywhere]">
          {place ? <span className="font-mono">{place}</span> : null}
          {[place ? "" : null, ...takesWords(channel)].filter((part) => part !== null).join(", ")}
        </p>
      </div>
      <p className="min-w-0 text-12 leading-[18px] text-muted-foreground max-md:col-start-2">
        {channel.lastOkAt ? (
          <>
            sent <TimeAgo time={channel.lastOkAt} ago whole />
          </>
        ) : (
          "nothing sent yet"
        )}
        {channel.waiting > 0 ? (
          <span className="block text-subtle-foreground">{plural(channel.waiting, "message")} waiting</span>
        ) : null}
      </p>
      {onEdit ? (
        <div className="flex items-center gap-1 max-md:col-span-2 max-md:col-start-2 max-md:row-start-4 max-sm:flex-wrap">
          <Button
            size="sm"
            disabled={testing}
            aria-label={`Send a test by ${name}`}
            onClick={() => void test()}
            className="max-sm:h-11"
          >
            {testing ? "Sending" : "Send a test"}
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
          <Switch label={`Channel: ${name}`} checked={enabled} onChange={turn} className="ml-1.5" />
        </div>
      ) : null}
      <Outcome channel={channel} tested={tested} />
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Remove ${visible(name)}?`}
        text={`Nobody is told by it any more, and its secrets are forgotten.${channel.waiting > 0 ? ` What waits to leave is given up: ${plural(channel.waiting, "message")}.` : ""}`}
        verb="Remove"
        keep="Keep it"
        onConfirm={() => void remove()}
      />
    </li>
  );
}

/** What came of a test, or else what is wrong with it at all. */
function Outcome({ channel: { problem, failingAt }, tested }: { channel: Channel; tested: Tested }) {
  const words = tested ? tested.problem : problem;
  return (
    <p
      role="status"
      className="col-span-3 col-start-2 text-12 empty:hidden max-md:col-span-2 max-md:col-start-2 max-md:row-start-3"
    >
      {tested && words === null ? (
        <span className="flex gap-1.5 text-muted-foreground">
          <CircleCheck aria-hidden="true" className="mt-px size-3.5 flex-none stroke-[1.75] text-ok" />
          The test has left. Look whether it has come.
        </span>
      ) : words ? (
        <span className="flex gap-1.5 text-warn">
          <TriangleAlert aria-hidden="true" className="mt-px size-3.5 flex-none stroke-[1.75]" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {tested ? "The test was not sent: " : null}
            <LiteralWords text={words.replace(/\.$/, "")} />
            {!tested && failingAt ? (
              <>
                , since <TimeAgo time={failingAt} />
              </>
            ) : null}
          </span>
        </span>
      ) : null}
    </p>
  );
}

/** What narrows what it takes; nothing for what it does as usual. */
function takesWords({ enabled, takesAll, severity, quiet }: Channel): (string | null)[] {
  return [
    enabled ? null : "off",
    LEAST[severity],
    takesAll ? null : "only what rules send to it",
    quiet ? `quiet from ${quiet.from} to ${quiet.to}` : null,
  ];
}
