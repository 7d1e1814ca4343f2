"use client";

import { Eye, EyeOff } from "lucide-react";
import { type KeyboardEvent, type Ref, useState } from "react";
import { FormField, type FormFieldProps } from "@/components/ui/form-field.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

export interface PasswordFieldProps extends Omit<FormFieldProps, "children"> {
  name: string;
  /** tells a password manager whether to fill or to make one */
  autoComplete: "current-password" | "new-password" | "off";
  required?: boolean;
  ref?: Ref<HTMLInputElement>;
  /** of the field's frame */
  fieldClassName?: string;
  /** hears what is typed, where no form reads it by its name */
  onText?: (text: string) => void;
}

/** A password, covered until asked for; says when caps lock is on. */
export function PasswordField({
  name,
  autoComplete,
  required,
  ref,
  fieldClassName,
  onText,
  hint,
  ...field
}: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  const look = (event: KeyboardEvent) => setCaps(event.getModifierState("CapsLock"));
  return (
    <FormField {...field} hint={caps ? "Caps lock is on." : hint}>
      {(attributes) => (
        <TextField
          {...attributes}
          ref={ref}
          name={name}
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          autoCapitalize="none"
          required={required}
          onChange={onText && (({ target }) => onText(target.value))}
          onKeyDown={look}
          onKeyUp={look}
          onBlur={() => setCaps(false)}
          className={`w-full pr-1.5 max-sm:h-11 ${fieldClassName ?? ""}`}
          end={
            <IconButton
              label={shown ? "Hide password" : "Show password"}
              aria-pressed={shown}
              look="small"
              className="max-sm:size-9"
              onClick={() => setShown(!shown)}
            >
              {shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
            </IconButton>
          }
        />
      )}
    </FormField>
  );
}
