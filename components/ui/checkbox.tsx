import type { ComponentProps, ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type" | "size"> {
  children: ReactNode;
  /** a second line */
  hint?: ReactNode;
}

/** A box with its words; the words are part of the target. */
export function Checkbox({ children, hint, className, ...props }: CheckboxProps) {
  return (
    <label className={cn("flex items-start gap-2 max-sm:min-h-11 max-sm:items-center", className)}>
      <input
        type="checkbox"
        className="mt-[3px] size-3.5 flex-none accent-foreground max-sm:mt-0 max-sm:size-5"
        {...props}
      />
      <span className="min-w-0">
        {children}
        {hint ? <span className="block text-12 text-muted-foreground">{hint}</span> : null}
      </span>
    </label>
  );
}
