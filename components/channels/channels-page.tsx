"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import type { Channel } from "#lib/alerts/channels/shapes.ts";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useMayWhole } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { useReread } from "@/components/shell/use-reread.ts";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import { ChannelRow } from "./channel-row.tsx";
import { MutesSection } from "./mutes-section.tsx";
import { PushSection } from "./push-section.tsx";

/** Who is told and how, this browser among them, and when nobody is. */
export function ChannelsPage() {
  const configures = useMayWhole("configure");
  return (
    <>
      {configures ? (
        <Channels />
      ) : (
        <PageHead
          title="Channels"
          text="Admins of this server say who is told and how. This browser, and when nobody is told, are below."
        />
      )}
      <PushSection />
      <MutesSection />
    </>
  );
}

function Channels() {
  const reading = useReading<{ items: Channel[] }>("/channels");
  const [asked, setAsked] = useState<Channel | "new" | null>(null);
  useReread(reading.reload, { every: 15 });
  return (
    <>
      <PageHead
        title="Channels"
        text="How alerts reach people. What cannot be sent waits and is tried again; what is secret is kept sealed."
      >
        <Button
          variant="filled"
          icon={<Plus aria-hidden="true" />}
          onClick={() => setAsked("new")}
          className="max-sm:h-11 max-sm:flex-1"
        >
          Add channel…
        </Button>
      </PageHead>
      <ReadView reading={reading} what="The channels">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No channels yet">
              Alerts are listed here, and nobody is told. Mail, ntfy or Telegram reach somebody who is not at this page.
            </EmptyBox>
          ) : (
            <Panel aria-label="Channels" className="overflow-hidden">
              <ul>
                {items.map((channel) => (
                  <ChannelRow
                    key={channel.id}
                    channel={channel}
                    onEdit={() => setAsked(channel)}
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
