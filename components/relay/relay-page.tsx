"use client";

import { ClipboardPaste, Settings } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Link as OneTimeLink } from "#lib/relay/shapes.ts";
import { useKey, useService } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { EmptyNote } from "../services/empty-note.tsx";
import { waitsForScan } from "../services/row-model.ts";
import { ReadView } from "../settings/read-view.tsx";
import { CodePane } from "./code-pane.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { RelayList, RelayListSkeleton } from "./relay-list.tsx";
import { liveLinks, namedBy, relayRows } from "./relay-rows.ts";
import { useChoice } from "./use-choice.ts";
import { useCodes, useLinkNews, useLinks } from "./use-relay.ts";
import { useRelayKeys } from "./use-relay-keys.ts";
import { WatchSettings } from "./watch-settings.tsx";

const NO_LINKS = { data: null, problem: null, reload: () => undefined };

/** Who asks for a scan, its code, and the links to it. */
export function RelayPage() {
  return useMay("act") ? <WithLinks /> : <Relay links={NO_LINKS} />;
}

function WithLinks() {
  return <Relay links={useLinks()} />;
}

function Relay({ links }: { links: Pick<ReturnType<typeof useLinks>, "data" | "reload"> }) {
  const codes = useCodes();
  const mayConfigure = useMay("configure");
  const mayAct = useMay("act");
  const rows = useMemo(
    () =>
      codes.data
        ? relayRows({ codes: codes.data.items, episodes: codes.data.episodes, links: links.data?.items ?? [] })
        : [],
    [codes.data, links.data],
  );
  const choice = useChoice(rows);
  const isWaiting = useKey("services", (store) => store.services().some(waitsForScan));
  const [dialog, setDialog] = useState<"make" | "watch" | null>(null);
  const [revoking, setRevoking] = useState<OneTimeLink | null>(null);
  const { row, service } = choice;
  const own = service === null ? [] : liveLinks(links.data?.items ?? [], service);
  useLinkNews({ reload: links.reload, isOpen: service !== null, isAlive: own.length > 0 });
  useRelayKeys({ rows, choice, mayAct, links: own, onRevoke: setRevoking });
  return (
    <div data-fill className="relative flex min-h-0 flex-1">
      <div
        className={cn(
          "flex min-w-0 flex-1 flex-col gap-3 px-5 py-4 max-sm:px-3 md:overflow-y-auto",
          choice.isAsked && "max-md:hidden",
        )}
      >
        <header className="flex flex-none flex-wrap items-center justify-between gap-x-4 gap-y-3 py-0.5">
          <div className="min-w-0">
            <h1 className="text-20 font-semibold tracking-[-.015em]">QR relay</h1>
            <p className="text-pretty text-muted-foreground">
              Login codes found in logs, passed on as they are renewed. Codes are kept in memory only.
            </p>
          </div>
          <div className="flex flex-wrap gap-1.5">
            <Link href="/relay/decode" className={buttonStyle({ className: "max-sm:h-11" })}>
              <ClipboardPaste aria-hidden="true" />
              Paste a log
            </Link>
            {mayConfigure ? (
              <Button icon={<Settings aria-hidden="true" />} onClick={() => setDialog("watch")} className="max-sm:h-11">
                Watch settings
              </Button>
            ) : null}
          </div>
        </header>
        {codes.data === null && !codes.problem ? <RelayListSkeleton /> : null}
        {codes.data === null && !codes.problem ? null : (
          <ReadView reading={codes} what="The codes">
            {() =>
              rows.length === 0 ? (
                <Panel className="flex-none">
                  <EmptyNote
                    title="Nothing waits for a scan"
                    text="When a service prints a login code, it appears here by itself, and on the overview."
                  />
                </Panel>
              ) : (
                <RelayList
                  rows={rows}
                  selected={choice.key}
                  byItself={!choice.isAsked}
                  onSelect={choice.select}
                  onEnter={() => mayAct && choice.row?.code && choice.show(!choice.shown)}
                />
              )
            }
          </ReadView>
        )}
        <HowTo />
      </div>
      {/* its place is kept while the code is on its way, so that the list does not jump */}
      {service === null && codes.data === null && !codes.problem && isWaiting ? (
        <div className="w-[448px] flex-none border-l border-border bg-card max-xl:hidden" />
      ) : null}
      {service === null ? null : (
        <div
          className={cn(
            "flex w-[448px] flex-none border-l border-border bg-card max-md:w-full max-md:border-l-0",
            // between a phone and a wide screen it lies over the list, once it is asked for
            choice.isAsked
              ? "md:max-xl:absolute md:max-xl:inset-y-0 md:max-xl:right-0 md:max-xl:z-10 md:max-xl:shadow-pop"
              : "max-xl:hidden",
          )}
        >
          <CodePane
            key={service}
            service={service}
            row={row}
            shown={choice.shown}
            onShow={choice.show}
            onClose={choice.close}
            links={own}
            onMake={() => setDialog("make")}
            onChanged={links.reload}
            revoking={revoking}
            onRevoke={setRevoking}
          />
        </div>
      )}
      {dialog === "make" && service !== null ? (
        <MakeLink
          service={service}
          onClose={() => setDialog(null)}
          onMade={() => {
            setDialog(null);
            links.reload();
          }}
        />
      ) : null}
      {dialog === "watch" ? (
        <WatchSettings
          asked={[...new Set(rows.map((one) => one.service))]}
          first={service}
          onClose={() => setDialog(null)}
        />
      ) : null}
    </div>
  );
}

function MakeLink({ service, ...rest }: { service: string; onClose: () => void; onMade: () => void }) {
  const named = useService(service) ?? namedBy(service);
  return <LinkDialog service={service} name={named.name} {...rest} />;
}

const STEPS = [
  {
    word: "Found",
    text: "Trihelm reads QR blocks in service logs: half blocks, full blocks, ANSI colours, or a written code.",
  },
  { word: "Followed", text: "Each new code replaces the last. Old ones are forgotten." },
  { word: "Closed", text: "The service logs a successful login, or codes stop for 2 min." },
];

function HowTo() {
  return (
    <Panel aria-labelledby="how" className="flex-none px-4 pt-3 pb-3.5">
      <h2 id="how" className="text-13 font-semibold">
        How a code gets here
      </h2>
      <ol className="mt-1.5 grid grid-cols-3 gap-6 text-12 leading-[18px] max-sm:grid-cols-1 max-sm:gap-3">
        {STEPS.map(({ word, text }) => (
          <li key={word}>
            <b className="block text-13 font-medium">{word}</b>
            <span className="text-pretty text-muted-foreground">{text}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
