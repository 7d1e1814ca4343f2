"use client";

import { Ellipsis, QrCode } from "lucide-react";
import Link from "next/link";
import { visible } from "#lib/format/visible.ts";
import type { Service } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { WORDS } from "@/components/shell/asking.ts";
import { useKey } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { relayHref } from "@/components/shell/places.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { HELM_NAME, HelmIcon } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { HealthyPill, Pill, ProtectedPill, StatePill } from "@/components/ui/pill.tsx";
import { MARK_WORD, markOf } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { ActionIcon, mainActions } from "./action-look.tsx";
import { groupOf } from "./board-columns.ts";
import { DEFAULT_VIEW, viewSearch } from "./board-view.ts";
import { rowModel, waitsForScan } from "./row-model.ts";
import { ServiceMenu } from "./service-menu.tsx";
import { ServiceName } from "./service-name.tsx";
import { useNeed } from "./use-need.ts";

const KEY: Partial<Record<Service["actions"][number], string>> = { restart: "r", start: "s", stop: "s" };

/** Where it belongs, its name, how it is, and what can be done. */
export function ServiceHead({ service, gone }: { service: Service; gone: boolean }) {
  const need = useNeed(service.id);
  const { act } = useAct();
  const model = rowModel(service, need);
  const { pending } = service;
  const asksForScan = !gone && waitsForScan(service);
  const mayAct = useMay("act");
  return (
    <header className="flex-none px-5 py-3 max-sm:px-3">
      <Crumbs service={service} />
      <div className="mt-1 flex min-h-[34px] flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <h1
            title={service.name}
            className="mr-1.5 min-w-0 truncate font-mono text-20 font-semibold tracking-[-0.02em] max-sm:text-16"
          >
            <ServiceName service={service} />
          </h1>
          {gone ? (
            <Pill>Gone</Pill>
          ) : service.stale !== null ? (
            <Pill>Last seen {MARK_WORD[model.mark].toLowerCase()}</Pill>
          ) : (
            <>
              <StatePill
                mark={model.mark === "human" ? markOf(service) : model.mark}
                word={pending ? (model.word ?? undefined) : pillWord(service, model.word)}
              />
              {service.health === "healthy" && service.state === "running" && !pending ? <HealthyPill /> : null}
              {service.protected ? <ProtectedPill /> : null}
              {asksForScan ? (
                <Link href={relayHref(service.id)} prefetch={false} className="inline-flex rounded-full">
                  <Pill tone="human" icon={<QrCode aria-hidden="true" />}>
                    QR waiting
                  </Pill>
                </Link>
              ) : null}
            </>
          )}
          {service.tag === null ? null : <Pill>{visible(service.tag)}</Pill>}
          {pending ? (
            <span role="status" className="text-12 text-muted-foreground">
              <TimeAgo time={pending.since} pace="second" />, asked by {pending.actor}
            </span>
          ) : null}
        </div>
        {gone ? null : (
          <div className="ml-auto flex gap-1.5 max-sm:ml-0 max-sm:w-full">
            {asksForScan && mayAct ? (
              <Link
                href={relayHref(service.id, { show: true })}
                prefetch={false}
                className={buttonStyle({ variant: "filled", className: "max-sm:h-11 max-sm:flex-1" })}
              >
                <QrCode aria-hidden="true" />
                Show QR
              </Link>
            ) : null}
            {mainActions(service).map((action) => (
              <Button
                key={action}
                variant={action === "start" && service.state === "failed" ? "filled" : "default"}
                icon={<ActionIcon action={action} />}
                disabled={pending !== null}
                onClick={() => act(service, action)}
                className="max-sm:h-11 max-sm:flex-1"
              >
                {WORDS[action].verb}
                {KEY[action] ? <Kbd className="max-sm:hidden">{KEY[action]}</Kbd> : null}
              </Button>
            ))}
            <ServiceMenu
              service={service}
              here
              trigger={
                <IconButton label="More actions" look="line" className="max-sm:size-11">
                  <Ellipsis aria-hidden="true" />
                </IconButton>
              }
            />
          </div>
        )}
      </div>
    </header>
  );
}

/** The pill says the state in a word; counts and times stand elsewhere. */
function pillWord(service: Service, word: string | null): string | undefined {
  return service.state === "stopped" ? (word ?? undefined) : undefined;
}

function Crumbs({ service }: { service: Service }) {
  const host = useKey("host", (store) => store.host()?.name ?? "Overview");
  const group = groupOf(service);
  const user = service.scope.split("@")[1];
  return (
    <nav
      aria-label="Breadcrumb"
      className="flex h-5 items-center gap-[7px] text-12 whitespace-nowrap text-muted-foreground"
    >
      <Link href="/" className="hover:text-foreground">
        {host}
      </Link>
      <Slash />
      <Link href="/" className="inline-flex items-center gap-[5px] hover:text-foreground">
        <HelmIcon kind={service.supervisor} className="size-3.5" />
        {HELM_NAME[service.supervisor]}
        {user ? <span className="text-subtle-foreground">{user}</span> : null}
      </Link>
      {group === null ? null : (
        <>
          <Slash />
          <Link
            href={`/${viewSearch({ ...DEFAULT_VIEW, q: group })}`}
            className="min-w-0 truncate hover:text-foreground"
          >
            <bdi>{visible(group)}</bdi>
          </Link>
        </>
      )}
    </nav>
  );
}

function Slash() {
  return (
    <span aria-hidden="true" className="text-border-strong">
      /
    </span>
  );
}
