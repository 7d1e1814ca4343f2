"use client";

import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { type RefObject, useImperativeHandle, useMemo } from "react";
import type { Service } from "#lib/services/service.ts";
import { logsHref } from "@/components/shell/places.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { helmOf } from "@/components/ui/helm-icon.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { formatLineRate } from "./count-words.ts";
import { FieldChips } from "./field-chips.tsx";
import { LiveButton } from "./live-button.tsx";
import { LogButtons } from "./log-buttons.tsx";
import { LogLines } from "./log-lines.tsx";
import type { LogStore } from "./log-store.ts";
import { LEVEL_GROUPS, type LevelGroup, parseLogView } from "./log-view.ts";
import { SearchField } from "./search-field.tsx";
import { sourceLooks } from "./source-shades.ts";
import { useJumps } from "./use-jumps.ts";
import { useLogKeys } from "./use-log-keys.ts";
import { useAttached } from "./use-log-sources.ts";
import { useLog } from "./use-log-store.ts";
import { useLogTaste, useLogView } from "./use-log-view.ts";
import { useViewer } from "./use-viewer.ts";

const LEAST = [
  { value: "debug", label: "All" },
  { value: "info", label: "Info" },
  { value: "warn", label: "Warn" },
  { value: "error", label: "Error" },
] as const;

interface ServiceLogProps {
  service: Service;
  /** is given the way to a time in the log, for whoever knows one */
  jump: RefObject<((time: string) => void) | null>;
}

/** The log of one service, on its own page. */
export function ServiceLog({ service, jump }: ServiceLogProps) {
  const { id, name, supervisor } = service;
  const address = useSearchParams();
  const [view, change] = useLogView(parseLogView(new URLSearchParams(address), null), null);
  const [taste, onTaste] = useLogTaste();
  const attached = useAttached(id);
  const services = useMemo(() => [id, ...attached.map((entry) => entry.id)], [id, attached]);
  const looks = useMemo(() => {
    const files = attached.map(({ id: file, title }) => ({ id: file, name: title, helm: "host" as const }));
    return sourceLooks([{ id, name, helm: helmOf(supervisor) }, ...files]);
  }, [id, name, supervisor, attached]);
  const viewer = useViewer(view, change, services, null);
  const { store } = viewer;
  const least = LEVEL_GROUPS.findLast((level) => view.levels.includes(level)) ?? "debug";

  const jumps = useJumps(viewer, null);
  useImperativeHandle(jump, () => jumps.toTime);
  useLogKeys({ viewer, view, change, taste, onTaste, digits: false, jumps });
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-inset max-md:h-[70dvh]">
      <div className="flex min-h-11 flex-none flex-wrap max-sm:gap-x-1 items-center gap-2 border-b border-border bg-background py-[9px] pr-3 pl-5 max-sm:px-3">
        <LiveButton store={store} onLive={viewer.goLive} />
        <SearchField compact viewer={viewer} view={view} onChange={change} />
        <Segmented<LevelGroup>
          label="Lowest level shown"
          size="sm"
          value={least}
          options={LEAST}
          onChange={(level) => change({ levels: LEVEL_GROUPS.slice(0, LEVEL_GROUPS.indexOf(level) + 1), line: null })}
          className="max-sm:h-8"
        />
        <span className="flex-1" />
        <LogButtons viewer={viewer} taste={taste} onTaste={onTaste} />
        <Link
          href={logsHref(id)}
          className={buttonStyle({
            size: "sm",
            className: "max-sm:h-8 max-sm:border-transparent max-sm:bg-transparent max-sm:px-2",
          })}
        >
          <ArrowUpRight aria-hidden="true" />
          <span className="max-sm:sr-only">Open in logs</span>
        </Link>
      </div>
      <FieldChips fields={view.fields} onChange={(fields) => change({ fields, line: null })} />
      <LogLines
        viewer={viewer}
        view={view}
        change={change}
        taste={taste}
        looks={looks}
        jumps={jumps}
        mixed={attached.length > 0}
        label={`Log of ${name}`}
        what={looks.get(id)?.name ?? name}
      />
      <Foot store={store} />
    </div>
  );
}

function Foot({ store }: { store: LogStore }) {
  const { phase, cut } = useLog(store, (it) => it.status);
  const rate = useLog(store, rateOf);
  return (
    <div className="flex h-[26px] flex-none items-center justify-between border-t border-hairline bg-background px-5 text-11 text-subtle-foreground max-sm:px-3">
      <span>{phase === "live" && !cut ? "Following stdout and stderr" : "Not following"}</span>
      <span className="num">{phase === "live" && !cut ? rate : null}</span>
    </div>
  );
}

const NEWEST = 50;

function rateOf({ ring }: LogStore): string | null {
  const times: number[] = [];
  for (let at = Math.max(ring.first, ring.end - NEWEST); at < ring.end; at++) times.push(Date.parse(ring.at(at)!.time));
  return formatLineRate(times);
}
