"use client";

import { Check, ListFilter, Plus, Server, X } from "lucide-react";
import { useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Histogram } from "#lib/logs/histogram.ts";
import { HELM_NAME, HelmIcon } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { formatCount, formatExactCount } from "./count-words.ts";
import { HELMS, type LogSourceItem, MOST_SOURCES } from "./log-sources.ts";
import type { SourceLook } from "./source-shades.ts";

export interface SourceRailProps {
  /** everything that can be chosen, in order */
  sources: readonly LogSourceItem[];
  chosen: ReadonlySet<string>;
  /** no more can be chosen */
  isFull: boolean;
  looks: ReadonlyMap<string, SourceLook>;
  /** lines of the view by source; null: not counted */
  counts: Histogram["services"] | null;
  onChoose: (ids: string[]) => void;
  /** null: this reader may not */
  onAttach: (() => void) | null;
  onRemove: ((id: string) => void) | null;
}

/** Whose lines are shown, by supervisor. */
export function SourceRail(props: SourceRailProps) {
  const { sources, chosen, isFull, looks, counts, onChoose, onAttach, onRemove } = props;
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const listed = sources.filter(({ name }) => name.toLowerCase().includes(wanted));
  const count = sources.filter(({ id }) => chosen.has(id)).length;
  const toggle = (id: string) =>
    onChoose(
      sources.filter((source) => (source.id === id ? !chosen.has(id) : chosen.has(source.id))).map((it) => it.id),
    );
  const groups = HELMS.map((helm) => ({ helm, items: listed.filter((source) => source.helm === helm) }));
  const first = groups.find(({ items }) => items.length > 0)?.helm;
  return (
    <>
      <div className="flex justify-between px-4 pb-2 text-12">
        <h2 className="font-semibold">Sources</h2>
        <span className="num text-subtle-foreground">
          {count} of {sources.length}
        </span>
      </div>
      {isFull ? (
        <p className="px-4 pb-2 text-12 text-muted-foreground">
          {MOST_SOURCES} sources at most are shown at once. Leave one out to choose another.
        </p>
      ) : null}
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
      {groups.map(({ helm, items }) => (
        <HelmGroup
          key={helm}
          helm={helm}
          sources={items}
          headed={helm === first && counts !== null}
          {...{ chosen, isFull, looks, counts, onRemove }}
          onToggle={toggle}
          onOnly={(id) => onChoose([id])}
        />
      ))}
      {listed.length === 0 ? (
        <p className="px-4 pt-3 text-12 text-muted-foreground">No source matches “{filter}”</p>
      ) : null}
      {count < sources.length && !isFull && wanted === "" ? (
        <button
          type="button"
          onClick={() => onChoose(sources.map(({ id }) => id))}
          className="textlink mx-4 mt-3 block text-12 max-sm:h-11"
        >
          Show all sources
        </button>
      ) : null}
      {onAttach ? (
        <button
          type="button"
          onClick={onAttach}
          className="mt-2 flex h-[26px] w-full items-center gap-2 px-4 text-12 text-muted-foreground hover:bg-muted hover:text-foreground max-sm:h-11"
        >
          <Plus aria-hidden="true" className="size-3.5 stroke-[1.75]" />
          Add a file or pattern…
        </button>
      ) : null}
    </>
  );
}

interface HelmGroupProps
  extends Pick<SourceRailProps, "sources" | "chosen" | "isFull" | "looks" | "counts" | "onRemove"> {
  helm: LogSourceItem["helm"];
  /** says what the figures are */
  headed: boolean;
  onToggle: (id: string) => void;
  onOnly: (id: string) => void;
}

function HelmGroup({ helm, headed, sources, chosen, ...props }: HelmGroupProps) {
  if (sources.length === 0) return null;
  const name = helm === "host" ? "Host" : HELM_NAME[helm];
  return (
    <section aria-label={name} data-helm={helm}>
      <h3 className="mt-2 flex h-7 items-center gap-[7px] px-4 text-12 font-semibold">
        {helm === "host" ? (
          <Server aria-hidden="true" className="size-3.5 flex-none stroke-[1.75] text-helm" />
        ) : (
          <HelmIcon kind={helm} className="size-3.5" />
        )}
        <span className="flex-1">{name}</span>
        {headed ? (
          <span aria-hidden="true" className="flex gap-2 text-11 font-normal text-subtle-foreground">
            <span>errors</span>
            <span className="w-9 text-right">lines</span>
          </span>
        ) : null}
      </h3>
      <ul>
        {sources.map((source) => (
          <SourceRow
            key={source.id}
            source={source}
            on={chosen.has(source.id)}
            last={chosen.has(source.id) && chosen.size === 1}
            {...props}
          />
        ))}
      </ul>
    </section>
  );
}

interface SourceRowProps
  extends Pick<HelmGroupProps, "isFull" | "looks" | "counts" | "onRemove" | "onToggle" | "onOnly"> {
  source: LogSourceItem;
  on: boolean;
  /** the only one that is shown */
  last: boolean;
}

function SourceRow({ source, on, last, isFull, looks, counts, onRemove, onToggle, onOnly }: SourceRowProps) {
  const { id, name, helm, problem } = source;
  const said = on && counts !== null ? (counts[id] ?? { lines: 0, errors: 0 }) : null;
  return (
    <li
      data-helm={helm}
      data-shade={looks.get(id)?.shade}
      className="group/source relative flex h-[26px] items-center pr-4 hover:bg-muted max-sm:h-11"
    >
      <label className="flex h-full min-w-0 flex-1 cursor-pointer items-center gap-2 pl-4 text-12">
        <span className="relative inline-flex size-3.5 flex-none">
          <input
            type="checkbox"
            checked={on}
            // a log of nothing is no log: the last one stays
            disabled={last || (isFull && !on)}
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
        <span className={cn("truncate font-mono", !on && "text-subtle-foreground")} title={problem ?? name}>
          {looks.get(id)?.name ?? name}
        </span>
        {problem === null ? null : <span className="flex-none text-11 text-warn">not readable</span>}
        {said ? (
          <span className="num ml-auto flex flex-none gap-2" title={`${formatExactCount(said.lines)} lines`}>
            {said.errors > 0 ? (
              <span className="text-fail">
                {formatCount(said.errors)}
                <span className="sr-only"> errors,</span>
              </span>
            ) : null}
            <span className="w-9 text-right text-subtle-foreground">
              {formatCount(said.lines)}
              <span className="sr-only"> lines</span>
            </span>
          </span>
        ) : null}
      </label>
      <span className="absolute right-2 flex items-center bg-muted opacity-0 group-hover/source:opacity-100 focus-within:opacity-100 max-sm:static max-sm:bg-transparent max-sm:opacity-100">
        {last ? null : (
          <button
            type="button"
            aria-label={`Only ${name}`}
            onClick={() => onOnly(id)}
            className="rounded-tag px-1.5 py-0.5 text-11 text-muted-foreground hover:bg-accent hover:text-foreground max-sm:h-11 max-sm:px-3"
          >
            only
          </button>
        )}
        {source.removable && onRemove ? (
          <IconButton label={`Remove source ${name}`} look="small" onClick={() => onRemove(id)}>
            <X aria-hidden="true" />
          </IconButton>
        ) : null}
      </span>
    </li>
  );
}
