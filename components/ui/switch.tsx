"use client";

import { Switch as Base } from "@base-ui/react/switch";
import { cn } from "#lib/format/cn.ts";

interface SwitchProps {
  /** what is on or off: `Rule: a service has failed` */
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  className?: string;
}

/** On or off, at once. */
export function Switch({ label, checked, disabled, onChange, className }: SwitchProps) {
  return (
    <Base.Root
      aria-label={label}
      title={checked ? "On" : "Off"}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className={cn(
        "inline-flex h-[18px] w-[30px] flex-none items-center rounded-full border border-input bg-muted p-px transition-colors disabled:opacity-50 data-[checked]:border-foreground data-[checked]:bg-foreground",
        className,
      )}
    >
      <Base.Thumb className="size-3.5 rounded-full bg-muted-foreground transition-transform data-[checked]:translate-x-3 data-[checked]:bg-background" />
    </Base.Root>
  );
}
