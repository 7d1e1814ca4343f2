"use client";

import { useState } from "react";
import type { Channel } from "#lib/alerts/channels/shapes.ts";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { AddButton, PageHead } from "@/components/settings/section.tsx";
import { useMayWhole } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import { ChannelRow } from "./channel-row.tsx";
import { MutesSection } from "./mutes-section.tsx";
import { PushSection } from "./push-section.tsx";

/** Who is told and how, this browser among them, and when nobody is. */
export function ChannelsPage() {
  // where alerts go belongs to no service
  const seesThem = useMayWhole("read");
  return (
    <>
      {seesThem ? (
        <Channels />
      ) : (
        <PageHead
          title="Channels"
          text="Where alerts go is for those who are limited to no service. This browser can show those about yours."
        />
      )}
      <PushSection />
      <MutesSection />
    </>
  );
}

function Channels() {
  const configures = useMayWhole("configure");
  const reading = useReading<{ items: Channel[] }>("/channels");
  const [asked, setAsked] = useState<Channel | "new" | null>(null);
  useReread(reading.reload, { every: 15 });
  return (
    <>
      <PageHead
        title="Channels"
        text="How alerts reach people. What cannot be sent waits and is tried again; what is secret is kept sealed."
      >
        {configures ? <AddButton onClick={() => setAsked("new")}>Add channel…</AddButton> : null}
      </PageHead>
      <ReadView reading={reading} what="The channels">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No channels yet">
              Alerts are listed here, and nobody is told.{" "}
              {configures
                ? "Mail, ntfy or Telegram reach somebody who is not at this page."
                : "An admin can add one, so that somebody is told who is not at this page."}
            </EmptyBox>
          ) : (
            <Panel aria-label="Channels" className="overflow-hidden">
              <ul>
                {items.map((channel) => (
                  <ChannelRow
                    key={channel.id}
                    channel={channel}
                    onEdit={configures ? () => setAsked(channel) : null}
                    onChanged={reading.reload}
                  />
                ))}
              </ul>
            </Panel>
          )
        }
      </ReadView>
      {asked ? (
        <ChannelDialog
          known={asked === "new" ? null : asked}
          onClose={() => setAsked(null)}
          onSaved={() => {
            setAsked(null);
            reading.reload();
          }}
        />
      ) : null}
    </>
  );
}
