"use client";

import { type FormEvent, type ReactNode, type RefObject, useId } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";

export interface FormDialogProps {
  title: string;
  text?: string;
  /** of the button that sends it */
  verb: string;
  danger?: boolean;
  width?: "small" | "wide";
  busy: boolean;
  /** left of the buttons */
  note?: ReactNode;
  initialFocus?: RefObject<HTMLElement | null>;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  onClose: () => void;
  /** the fields */
  children: ReactNode;
}

/** A dialog that is a form: its fields, a way back, and the verb that sends it. */
export function FormDialog({ verb, danger, busy, onSubmit, onClose, children, ...dialog }: FormDialogProps) {
  const form = useId();
  return (
    <Dialog
      {...dialog}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant={danger ? "danger" : "filled"} disabled={busy}>
            {verb}
          </Button>
        </>
      }
    >
      {/* sent by script; as a post, so that nothing typed could ever come into an address */}
      <form id={form} method="post" onSubmit={onSubmit} className="grid min-w-0 gap-3.5">
        {children}
      </form>
    </Dialog>
  );
}
