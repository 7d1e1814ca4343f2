"use client";

import { ListFilter } from "lucide-react";
import type { RefObject } from "react";
import { Kbd } from "./kbd.tsx";
import { TextField } from "./text-field.tsx";

interface FilterFieldProps {
  /** what is filtered: `Filter volumes` */
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  field: RefObject<HTMLInputElement | null>;
}

/** Narrows a list as one types. `/` leads here; Escape empties it, and leaves it when it is empty. */
export function FilterField({ label, placeholder, value, onChange, field }: FilterFieldProps) {
  return (
    <TextField
      ref={field}
      type="search"
      enterKeyHint="search"
      label={label}
      placeholder={placeholder}
      icon={<ListFilter aria-hidden="true" />}
      end={<Kbd className="max-sm:hidden">{value ? "esc" : "/"}</Kbd>}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        if (value) onChange("");
        else event.currentTarget.blur();
      }}
      className="w-[300px] pr-1.5 max-sm:h-11 max-sm:w-full"
    />
  );
}
