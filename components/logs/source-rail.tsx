"use client";

import { Check, ListFilter } from "lucide-react";
import { useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Service } from "#lib/services/service.ts";
import { HELM_NAME, HelmIcon, helmOf } from "@/components/ui/helm-icon.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import type { SourceLook } from "./source-shades.ts";

export interface SourceRailProps {
  /** everything that can be chosen, in order */
  sources: readonly Service[];
  chosen: ReadonlySet<string>;
  looks: ReadonlyMap<string, SourceLook>;
  onChoose: (ids: string[]) => void;
}

const HELMS = ["systemd", "pm2", "docker"] as const;

/** Whose lines are shown, by supervisor. */
export function SourceRail({ sources, chosen, looks, onChoose }: SourceRailProps) {
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const listed = sources.filter(({ name }) => name.toLowerCase().includes(wanted));
  const count = sources.filter(({ id }) => chosen.has(id)).length;
  const toggle = (id: string) =>
    onChoose(
      sources.filter((source) => (source.id === id ? !chosen.has(id) : chosen.has(source.id))).map((it) => it.id),
    );
  return (
    <>
      <div className="flex justify-between px-4 pb-2 text-12">
        <h2 className="font-semibold">Sources</h2>
        <span className="num text-subtle-foreground">
          {count} of {sources.length}
        </span>
      </div>
      <TextField
        size="sm"
        type="search"
        label="Filter sources"
        placeholder="Filter sources"
        icon={<ListFilter aria-hidden="true" />}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || filter === "") return;
          event.preventDefault();
          setFilter("");
        }}
        className="mx-4 mb-1 flex max-sm:h-11"
      />
      {HELMS.map((helm) => (
        <HelmGroup
          key={helm}
          helm={helm}
          sources={listed.filter(({ supervisor }) => helmOf(supervisor) === helm)}
          chosen={chosen}
          looks={looks}
          onToggle={toggle}
          onOnly={(id) => onChoose([id])}
        />
      ))}
      {listed.length === 0 ? (
        <p className="px-4 pt-3 text-12 text-muted-foreground">No source matches “{filter}”</p>
      ) : null}
      {count < sources.length && wanted === "" ? (
        <button
          type="button"
          onClick={() => onChoose(sources.map(({ id }) => id))}
          className="textlink mx-4 mt-3 text-12 max-sm:h-11"
        >
          Show all sources
        </button>
      ) : null}
    </>
  );
}

interface HelmGroupProps extends Pick<SourceRailProps, "sources" | "chosen" | "looks"> {
  helm: (typeof HELMS)[number];
  onToggle: (id: string) => void;
  onOnly: (id: string) => void;
}

function HelmGroup({ helm, sources, chosen, looks, onToggle, onOnly }: HelmGroupProps) {
  if (sources.length === 0) return null;
  return (
    <section aria-label={HELM_NAME[helm]} data-helm={helm}>
      <h3 className="mt-2 flex h-7 items-center gap-[7px] px-4 text-12 font-semibold">
        <HelmIcon kind={helm} className="size-3.5" />
        {HELM_NAME[helm]}
      </h3>
      <ul>
        {sources.map(({ id, name }) => {
          const on = chosen.has(id);
          const last = on && chosen.size === 1;
          return (
            <li
              key={id}
              data-helm={helm}
              data-shade={looks.get(id)?.shade}
              className="group/source flex h-[26px] items-center pr-2 hover:bg-muted max-sm:h-11"
            >
              <label className="flex h-full min-w-0 flex-1 cursor-pointer items-center gap-2 pl-4 text-12">
                <span className="relative inline-flex size-3.5 flex-none">
                  <input
                    type="checkbox"
                    checked={on}
                    // a log of nothing is no log: the last one stays
                    disabled={last}
                    onChange={() => onToggle(id)}
                    className="size-3.5 appearance-none rounded-tag border-[1.5px] border-input checked:border-helm checked:bg-helm"
                  />
                  {on ? (
                    <Check
                      aria-hidden="true"
                      className="pointer-events-none absolute inset-[1.5px] size-[11px] stroke-3 text-background"
                    />
                  ) : null}
                </span>
                <span className={cn("truncate font-mono", !on && "text-subtle-foreground")} title={name}>
                  {looks.get(id)?.name ?? name}
                </span>
              </label>
              {last ? null : (
                <button
                  type="button"
                  aria-label={`Only ${name}`}
                  onClick={() => onOnly(id)}
                  className="rounded-tag px-1.5 py-0.5 text-11 text-muted-foreground opacity-0 group-hover/source:opacity-100 hover:bg-accent hover:text-foreground focus-visible:opacity-100 max-sm:h-11 max-sm:px-3 max-sm:opacity-100"
                >
                  only
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
