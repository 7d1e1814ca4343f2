"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useId, useRef, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";
import { Kbd } from "./kbd.tsx";
import { TextField } from "./text-field.tsx";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** what happens, why, or what next */
  text?: ReactNode;
  children?: ReactNode;
  /** its buttons, the likely one last */
  footer?: ReactNode;
  /** left of the buttons */
  note?: ReactNode;
  width?: "small" | "wide";
  initialFocus?: RefObject<HTMLElement | null>;
}

/** Traps focus, gives it back, closes on Escape. */
export function Dialog({
  open,
  onClose,
  title,
  text,
  children,
  footer,
  note,
  width = "small",
  initialFocus,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-scrim" />
        <Base.Viewport className="fixed inset-0 z-50 flex items-center justify-center overflow-y-auto p-4">
          <Base.Popup
            initialFocus={initialFocus}
            className={cn(
              "m-auto w-full animate-enter rounded-dialog border border-border-strong bg-popover shadow-pop outline-none",
              width === "small" ? "max-w-[440px]" : "max-w-[560px]",
            )}
          >
            <div className="flex justify-between gap-3 pt-[18px] pr-3.5 pb-4 pl-5">
              <div className="min-w-0">
                <Base.Title className="text-16 font-semibold [overflow-wrap:anywhere]">{title}</Base.Title>
                {text ? (
                  <Base.Description className="mt-0.5 text-14 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
                    {text}
                  </Base.Description>
                ) : null}
              </div>
              <Base.Close render={<IconButton label="Close" look="small" />}>
                <X aria-hidden="true" />
              </Base.Close>
            </div>
            {children ? <div className="grid gap-3.5 px-5 pb-[18px]">{children}</div> : null}
            {footer ? (
              <div className="flex items-center gap-2 rounded-b-dialog border-t border-hairline bg-muted px-5 py-3 max-sm:flex-wrap max-sm:justify-end">
                <span className="mr-auto text-12 text-muted-foreground max-sm:not-empty:w-full">{note}</span>
                {footer}
              </div>
            ) : null}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

export interface ConfirmProps {
  open: boolean;
  title: ReactNode;
  text: ReactNode;
  /** the verb of the filled button */
  verb: string;
  /** the way out, said in its own terms: `Keep running` */
  keep: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** For what can be undone: says what stops; Enter confirms. */
export function ConfirmDialog({ open, title, text, verb, keep, onConfirm, onClose }: ConfirmProps) {
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      text={text}
      initialFocus={{ current: button }}
      footer={
        <>
          <Button onClick={onClose}>{keep}</Button>
          <Button ref={setButton} variant="filled" onClick={onConfirm}>
            {verb}
            <Kbd className="border-current bg-transparent text-inherit opacity-75">↵</Kbd>
          </Button>
        </>
      }
    />
  );
}

export interface TypedConfirmProps extends Omit<ConfirmProps, "keep"> {
  /** the name that must be typed, as its tool calls it */
  name: string;
  keep?: string;
  /** a safer way, beside the red button */
  safer?: ReactNode;
}

/** For what must not happen by habit: the name is typed, the button is red and waits for it, Enter does nothing. */
export function TypedConfirmDialog({ open, onClose, ...props }: TypedConfirmProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog open={open} onClose={onClose} title={props.title} text={props.text} initialFocus={field}>
      {/* its own component, so that the text typed before is gone when it opens again */}
      {open ? <TypedForm {...props} field={field} onClose={onClose} /> : null}
    </Dialog>
  );
}

interface TypedFormProps extends Omit<TypedConfirmProps, "open"> {
  field: RefObject<HTMLInputElement | null>;
}

function TypedForm({ name, verb, keep = "Cancel", safer, field, onConfirm, onClose }: TypedFormProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  return (
    <>
      <div className="grid gap-1.5">
        <label htmlFor={id} className="font-medium [overflow-wrap:anywhere]">
          Type <code>{name}</code> to confirm
        </label>
        <TextField
          ref={field}
          id={id}
          mono
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="w-full"
        />
      </div>
      <div className="-mx-5 -mb-[18px] flex items-center justify-end gap-2 rounded-b-dialog border-t border-hairline bg-muted px-5 py-3 max-sm:flex-wrap">
        {safer}
        <Button onClick={onClose}>{keep}</Button>
        <Button variant="danger" disabled={typed !== name} onClick={onConfirm}>
          {verb}
        </Button>
      </div>
    </>
  );
}
