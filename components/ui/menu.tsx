"use client";

import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { Kbd } from "./kbd.tsx";

export interface MenuProps {
  /** the button that opens it; it needs its own accessible name */
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

export function Menu({ trigger, children, align = "end", open, onOpenChange }: MenuProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-60 outline-none">
          <Base.Popup className="max-h-[var(--available-height)] min-w-44 animate-enter overflow-y-auto rounded-panel border border-border-strong bg-popover p-1 shadow-pop outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const ITEM =
  "flex h-8 cursor-default items-center gap-2 rounded-control px-2 text-13 whitespace-nowrap outline-none select-none data-[highlighted]:bg-accent data-[disabled]:opacity-50 max-sm:h-11 [&>svg]:size-[15px] [&>svg]:flex-none [&>svg]:stroke-[1.75] [&>svg]:text-muted-foreground";

export interface MenuItemProps {
  icon?: ReactNode;
  children: ReactNode;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}

export function MenuItem({ icon, children, hint, danger, disabled, onSelect }: MenuItemProps) {
  return (
    <Base.Item
      disabled={disabled}
      onClick={(event) => {
        event.stopPropagation();
        onSelect();
      }}
      className={cn(ITEM, danger && "text-fail [&>svg]:text-fail")}
    >
      {icon}
      <span className="flex-1">{children}</span>
      {hint ? <Kbd>{hint}</Kbd> : null}
    </Base.Item>
  );
}

export interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
  onChange: (value: Value) => void;
}

/** One of several, the chosen one marked. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)} aria-label={label}>
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} closeOnClick className={ITEM}>
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <Base.RadioItemIndicator className="size-1.5 rounded-full bg-foreground" />
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-hairline" />;
}
