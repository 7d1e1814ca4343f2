"use client";

import { useCallback, useEffect, useState } from "react";
import type { Channel } from "#lib/alerts/channels/shapes.ts";
import { browserWords } from "#lib/format/browser-words.ts";
import { visible } from "#lib/format/visible.ts";
import { Section } from "@/components/settings/section.tsx";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { useMayWhole } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Button } from "@/components/ui/button.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { type PushStanding, pushStanding, subscribe, unsubscribe } from "./browser-push.ts";

interface Browser {
  id: string;
  label: string;
  endpoint: string;
  createdAt: string;
  lastOkAt: string | null;
}

/** Whether this browser shows alerts also while no page is open, and which others of this account do. */
export function PushSection() {
  const { data, problem, reload } = useReading<{ items: Browser[] }>("/push/subscriptions");
  // it is a channel of its own that sends to all browsers
  const channels = useReading<{ items: Channel[] }>(useMayWhole("read") ? "/channels" : null).data;
  const [standing, setStanding] = useState<PushStanding | null>(null);
  const [busy, setBusy] = useState(false);
  const look = useCallback(() => void pushStanding().then(setStanding), []);
  useEffect(look, [look]);
  const own = standing?.state === "on" ? data?.items.find(({ endpoint }) => endpoint === standing.endpoint) : undefined;
  // a subscription that the server does not know tells nothing: of another account, or of before a restore
  const isOn = own !== undefined;
  useReread(reload, { every: 60 });
  const turn = async (next: boolean) => {
    if (!data) return;
    setBusy(true);
    try {
      if (next) await turnOn();
      else {
        await unsubscribe();
        if (own) await forget(own.id);
      }
    } catch (error) {
      const words = error instanceof ApiProblem ? error.words : error instanceof Error ? error.message : String(error);
      say({ tone: "fail", title: `Alerts in this browser are still ${next ? "off" : "on"}`, text: words, id: "push" });
    }
    setBusy(false);
    look();
    reload();
  };
  const turnOff = (id: string, label: string) =>
    void attempt(`${label} was not turned off`, () => forget(id)).then(reload);
  const others = data?.items.filter(({ id }) => id !== own?.id) ?? [];
  return (
    <Section
      title="This browser"
      text={
        standing?.state === "cannot"
          ? standing.why
          : isOn && channels && !channels.items.some(({ kind, enabled }) => kind === "push" && enabled)
            ? "Nothing is sent to it: there is no channel of the kind Web push that is on."
            : problem
              ? `Trihelm cannot tell whether it is on: ${problem.words}`
              : "Shows alerts also while no page of Trihelm is open, about the services that you may see."
      }
      action={
        standing === null || standing.state === "cannot" || !data ? null : (
          <span className="flex items-center gap-2 max-sm:min-h-11">
            <span className="text-12 text-muted-foreground">{isOn ? "on" : "off"}</span>
            <Switch
              label="Alerts in this browser"
              checked={isOn}
              disabled={busy}
              onChange={(next) => void turn(next)}
            />
          </span>
        )
      }
    >
      {others.length === 0 ? null : (
        <ul aria-label="Your other browsers">
          {others.map(({ id, label, createdAt, lastOkAt }) => (
            <li
              key={id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-hairline px-4 py-2 not-first:border-t"
            >
              <span className="min-w-0 truncate">{visible(label)}</span>
              <Tag>on</Tag>
              <span className="mr-auto text-12 text-muted-foreground">
                {lastOkAt ? (
                  <>
                    last told <TimeAgo time={lastOkAt} ago whole />
                  </>
                ) : (
                  <>
                    since <TimeAgo time={createdAt} />
                  </>
                )}
              </span>
              <Button
                size="sm"
                variant="ghost"
                aria-label={`Turn off ${label}`}
                onClick={() => turnOff(id, label)}
                className="max-sm:h-11"
              >
                Turn off
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

async function turnOn(): Promise<void> {
  const { key } = await call<{ key: string }>("GET", "/push/key");
  const { endpoint, keys } = await subscribe(key);
  await call("POST", "/push/subscriptions", { endpoint, keys, label: browserWords(navigator.userAgent) });
}

function forget(id: string): Promise<void> {
  return call("DELETE", `/push/subscriptions/${encodeURIComponent(id)}`);
}
