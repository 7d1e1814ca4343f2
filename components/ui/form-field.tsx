import { type ReactNode, useId } from "react";
import { cn } from "#lib/format/cn.ts";

export interface FieldAttributes {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

export interface FormFieldProps {
  label: ReactNode;
  /** what may be put in, before anything is wrong */
  hint?: ReactNode;
  /** what is wrong with it; read aloud when it appears */
  error?: string | null;
  /** draws the field itself */
  children: (attributes: FieldAttributes) => ReactNode;
  className?: string;
}

/** A label above its field; below it a hint, or what is wrong. */
export function FormField({ label, hint, error, children, className }: FormFieldProps) {
  const id = useId();
  const says = `${id}-says`;
  return (
    <div className={cn("grid gap-1.5", className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": hint || error ? says : undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {hint || error ? (
        <p id={says} className={cn("text-12 text-pretty", error ? "text-fail" : "text-muted-foreground")}>
          {error ? <span role="alert">{error}</span> : hint}
        </p>
      ) : null}
    </div>
  );
}
