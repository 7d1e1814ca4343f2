"use client";

import { PauseIcon, Unplug } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { Supervisor } from "#lib/services/service.ts";
import { HELM_NAME, HelmIcon } from "@/components/ui/helm-icon.tsx";
import { KeyCaps } from "./key-caps.tsx";
import { type KeyBinding, useAllKeys } from "./keys.tsx";
import { useConnection, useSupervisors } from "./live.ts";
import { useIsPaused } from "./paused-sign.ts";

/** Live or not, the connections to the supervisors, and the keys that work here. */
export function StatusBar() {
  const supervisors = useSupervisors().filter((it) => it.available || it.error?.code !== "absent" || isMain(it));
  return (
    <footer className="sticky bottom-0 z-15 flex h-7 flex-none items-center justify-between gap-6 border-t border-border bg-card px-5 text-11 leading-none whitespace-nowrap text-muted-foreground max-sm:hidden">
      <div className="flex min-w-0 items-center gap-4 overflow-hidden">
        <LiveSign />
        {supervisors.map((supervisor) => (
          <span key={supervisor.id} className="inline-flex items-center gap-[5px]">
            <HelmIcon kind={supervisor.kind} className="size-[13px]" />
            {HELM_NAME[supervisor.kind]}
            <span className="text-subtle-foreground">{channelOf(supervisor)}</span>
          </span>
        ))}
      </div>
      <KeyHints />
    </footer>
  );
}

function LiveSign() {
  const { state: connection } = useConnection();
  const standing = useIsPaused();
  const state = standing && connection === "live" ? "paused" : connection;
  const signs: Record<typeof connection, ReactNode> = {
    live: (
      <>
        <span className="size-[7px] rounded-full bg-ok" />
        Live
      </>
    ),
    connecting: (
      <>
        <span className="size-[7px] rounded-full border-[1.5px] border-subtle-foreground" />
        Connecting
      </>
    ),
    paused: (
      <>
        <PauseIcon aria-hidden="true" className="size-3" />
        Paused
      </>
    ),
    lost: (
      <>
        <Unplug aria-hidden="true" className="size-3 text-fail" />
        Connection lost
      </>
    ),
  };
  return <span className="inline-flex items-center gap-1.5 font-medium text-foreground">{signs[state]}</span>;
}

function KeyHints() {
  const bindings = useAllKeys().flatMap((scope) => scope.bindings);
  const hints = new Map<string, KeyBinding[]>();
  for (const binding of bindings) {
    if (binding.bar) hints.set(binding.bar, [...(hints.get(binding.bar) ?? []), binding]);
  }
  return (
    <div className="flex flex-none items-center gap-4 max-md:hidden">
      {[...hints].map(([word, some]) => (
        <span key={word} className="inline-flex items-center gap-1.5">
          <span>
            {some.map((binding) => (
              <Fragment key={binding.keys[0]}>
                <KeyCaps name={binding.keys[0]!} />{" "}
              </Fragment>
            ))}
          </span>
          {word}
        </span>
      ))}
    </div>
  );
}

function isMain({ kind }: Supervisor): boolean {
  return kind !== "podman";
}

/** `27.3, socket`, `D-Bus`, `deploy`, `unreachable`. */
function channelOf({ available, kind, version, channel, error }: Supervisor): string {
  if (!available) return error ? WORD[error.code] : "unreachable";
  const short =
    version === null || kind === "systemd" || kind === "pm2" ? null : version.split(".").slice(0, 2).join(".");
  return [short, channel].filter(Boolean).join(", ");
}

const WORD = { absent: "not here", denied: "no permission", unreachable: "unreachable" };
