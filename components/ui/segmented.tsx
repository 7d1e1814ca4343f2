"use client";

import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

export interface SegmentedProps<Value extends string> {
  /** what is chosen here: `Group services` */
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
  size?: "sm" | "md" | "touch";
  className?: string;
}

const SIZE = { sm: "h-[26px]", md: "h-8", touch: "h-11" };

/** One of a few views of the same thing. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, onChange, size = "md", className } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and lay out as a form part
    <div
      role="group"
      aria-label={label}
      className={cn("inline-flex rounded-control border border-border-strong bg-muted p-0.5", SIZE[size], className)}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cn(
            "inline-flex items-center gap-1.5 rounded-tag font-medium text-muted-foreground aria-pressed:bg-card aria-pressed:text-foreground aria-pressed:shadow-[0_0_0_1px_var(--border-strong)] dark:aria-pressed:bg-accent",
            size === "sm" ? "px-2 text-12" : "px-2.5 text-13",
          )}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

export interface ChipsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; count: number }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** Which part of a list is shown, with how many each holds. */
export function Chips<Value extends string>({ label, value, options, onChange, className }: ChipsProps<Value>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and lay out as a form part
    <div role="group" aria-label={label} className={cn("inline-flex gap-1", className)}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className="group inline-flex h-[26px] flex-none items-center gap-1.5 rounded-full border max-sm:h-8 border-transparent px-[9px] text-12 font-medium whitespace-nowrap text-muted-foreground hover:bg-accent aria-pressed:border-border-strong aria-pressed:bg-accent aria-pressed:text-foreground"
        >
          {option.label}
          <span className="text-subtle-foreground group-aria-pressed:text-muted-foreground">{option.count}</span>
        </button>
      ))}
    </div>
  );
}
