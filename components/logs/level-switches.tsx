"use client";

import { cn } from "#lib/format/cn.ts";
import { formatCount } from "./count-words.ts";
import { LEVEL_GROUPS, type LevelGroup } from "./log-view.ts";

const LEVEL_NAME: Record<LevelGroup, string> = { error: "Error", warn: "Warn", info: "Info", debug: "Debug" };

const SQUARE: Record<LevelGroup, string> = {
  error: "group-aria-pressed:border-fail group-aria-pressed:bg-fail",
  warn: "group-aria-pressed:border-warn-fill group-aria-pressed:bg-warn-fill",
  info: "group-aria-pressed:border-fill group-aria-pressed:bg-fill",
  debug: "group-aria-pressed:border-border-strong group-aria-pressed:bg-border-strong",
};

export interface LevelSwitchesProps {
  shown: readonly LevelGroup[];
  counts: Partial<Record<LevelGroup, number>>;
  onChange: (levels: LevelGroup[]) => void;
}

/** Which levels are shown, each switched by itself. */
export function LevelSwitches({ shown, counts, onChange }: LevelSwitchesProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and lay out as a form part
    <div role="group" aria-label="Levels" className="inline-flex flex-none gap-0.5 max-sm:gap-1.5 sm:ml-1">
      {LEVEL_GROUPS.map((level) => (
        <button
          key={level}
          type="button"
          aria-pressed={shown.includes(level)}
          onClick={() => onChange(switched(shown, level))}
          className="group inline-flex h-[26px] items-center gap-1.5 rounded-control px-2 text-12 font-medium text-subtle-foreground hover:bg-accent aria-pressed:text-foreground max-sm:h-8 max-sm:rounded-full max-sm:border max-sm:border-border max-sm:px-3 max-sm:aria-pressed:border-border-strong max-sm:aria-pressed:bg-accent"
        >
          <span
            aria-hidden="true"
            className={cn("size-2 rounded-[2px] border-[1.5px] border-current", SQUARE[level])}
          />
          {LEVEL_NAME[level]}
          {counts[level] === undefined ? null : (
            <span className="num font-normal text-subtle-foreground">{formatCount(counts[level])}</span>
          )}
        </button>
      ))}
    </div>
  );
}

/** The levels with one of them on or off, worst first. */
export function switched(shown: readonly LevelGroup[], level: LevelGroup): LevelGroup[] {
  return LEVEL_GROUPS.filter((group) => (group === level ? !shown.includes(level) : shown.includes(group)));
}
