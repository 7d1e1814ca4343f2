import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "#lib/format/cn.ts";

export interface SelectProps<Value extends string>
  extends Omit<ComponentProps<"select">, "value" | "onChange" | "size"> {
  /** without a visible label beside it */
  label?: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

/** One of several, by the browser's own list: it works the same with a thumb and with a screen reader. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
  ...props
}: SelectProps<Value>) {
  return (
    <span className={cn("relative inline-flex h-8 max-sm:h-11", className)}>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
        className="h-full w-full appearance-none rounded-control border border-input bg-card pr-8 pl-2.5 text-13 text-foreground max-sm:text-16"
        {...props}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 stroke-[1.75] text-muted-foreground"
      />
    </span>
  );
}
