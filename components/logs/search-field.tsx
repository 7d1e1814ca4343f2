"use client";

import { CaseSensitive, ChevronDown, ChevronUp, ListFilter, Regex, Search } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import type { LogView } from "./log-view.ts";
import type { Viewer } from "./use-viewer.ts";

export interface SearchFieldProps {
  viewer: Viewer;
  view: LogView;
  onChange: (change: Partial<LogView>) => void;
  /** one service's page has less room and fewer words */
  compact?: boolean;
}

/** Looks for text, a field's value or an expression; Enter goes from match to match. */
export function SearchField({ viewer, view, onChange, compact }: SearchFieldProps) {
  const { field, hits, next, previous } = viewer;
  return (
    <TextField
      ref={field}
      type="search"
      enterKeyHint="search"
      label={compact ? "Search this log" : "Search"}
      placeholder={compact ? "Search this log" : "Search text, or field:value"}
      icon={<Search aria-hidden="true" />}
      value={view.q}
      aria-invalid={hits?.bad}
      onChange={(event) => onChange({ q: event.target.value.slice(0, 1000) })}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          if (event.shiftKey) next();
          else previous();
        } else if (event.key === "Escape") {
          event.preventDefault();
          if (view.q) onChange({ q: "", only: false });
          else event.currentTarget.blur();
        }
      }}
      className={cn(
        "pr-[5px] max-sm:order-first max-sm:h-11 max-sm:w-full max-sm:flex-none max-sm:pr-1",
        compact ? "h-[26px] w-[300px] text-12 max-xl:w-56" : "w-[400px] max-xl:w-80 max-md:w-full",
      )}
      end={
        view.q === "" ? (
          <Kbd className="max-sm:hidden">/</Kbd>
        ) : (
          <>
            {hits ? (
              <span role="status" className={cn("num text-12 text-muted-foreground", hits.bad && "text-fail")}>
                {hits.text}
              </span>
            ) : null}
            <span className="inline-flex flex-none items-center max-sm:[&>button]:size-9">
              <IconButton look="small" label="Previous match" onClick={previous}>
                <ChevronUp aria-hidden="true" />
              </IconButton>
              <IconButton look="small" label="Next match" onClick={next}>
                <ChevronDown aria-hidden="true" />
              </IconButton>
            </span>
            <Switch label="Match case" on={view.matchCase} onSwitch={(matchCase) => onChange({ matchCase })}>
              <CaseSensitive aria-hidden="true" />
            </Switch>
            <Switch label="Regular expression" on={view.regex} onSwitch={(regex) => onChange({ regex })}>
              <Regex aria-hidden="true" />
            </Switch>
            <Switch label="Show only lines that match" on={view.only} onSwitch={(only) => onChange({ only })} always>
              <ListFilter aria-hidden="true" />
            </Switch>
          </>
        )
      }
    />
  );
}

interface SwitchProps {
  label: string;
  on: boolean;
  onSwitch: (on: boolean) => void;
  /** on a phone too */
  always?: boolean;
  children: ReactNode;
}

function Switch({ label, on, onSwitch, always, children }: SwitchProps) {
  return (
    <IconButton
      look="small"
      label={label}
      aria-pressed={on}
      onClick={() => onSwitch(!on)}
      className={always ? "max-sm:size-9" : "max-sm:hidden"}
    >
      {children}
    </IconButton>
  );
}
