"use client";

import { PasswordField } from "@/components/auth/password-field.tsx";
import type { ApiProblem } from "@/components/shell/api-client.ts";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextArea, TextField } from "@/components/ui/text-field.tsx";
import { DurationField } from "./duration-field.tsx";
import type { Field, FieldValue, FieldValues } from "./fields.ts";

interface KindFieldsProps {
  fields: readonly Field[];
  values: FieldValues;
  onChange: (name: string, value: FieldValue) => void;
  /** of the last try to send them */
  problem: ApiProblem | null;
  /** where they stand in what is sent: `config` */
  at: string;
}

/** The fields of a table, two beside each other where there is room. */
export function KindFields({ fields, values, onChange, problem, at }: KindFieldsProps) {
  return (
    <div className="grid grid-cols-2 items-start gap-3.5 empty:hidden max-sm:grid-cols-1">
      {fields.map((field) => (
        <div key={field.name} className={isWide(field) ? "sm:col-span-2" : ""}>
          <OneField
            field={field}
            value={values[field.name] ?? null}
            error={problem?.about(`${at}.${field.name}`, field.label) ?? null}
            onChange={(value) => onChange(field.name, value)}
          />
        </div>
      ))}
    </div>
  );
}

function isWide({ type, wide }: Field): boolean {
  return wide ?? (type === "lines" || type === "pairs" || type === "flag" || type === "choices");
}

interface OneFieldProps {
  field: Field;
  value: FieldValue;
  error: string | null;
  onChange: (value: FieldValue) => void;
}

function OneField({ field, value, error, onChange }: OneFieldProps) {
  const { name, label, hint, type = "text", options = [], required, placeholder } = field;
  if (type === "flag") {
    return (
      <Checkbox checked={value === true} hint={hint} onChange={({ target }) => onChange(target.checked)}>
        {label}
      </Checkbox>
    );
  }
  if (type === "choices") return <Choices field={field} value={value} error={error} onChange={onChange} />;
  if (type === "span") {
    const seconds = typeof value === "number" ? value : null;
    return <DurationField {...{ label, hint, error, placeholder, onChange }} value={seconds} />;
  }
  if (type === "secret") {
    return (
      <PasswordField
        label={label}
        hint={hint}
        error={error}
        name={name}
        autoComplete="off"
        required={required}
        onText={onChange}
      />
    );
  }
  const text = String(value ?? "");
  return (
    <FormField label={label} hint={hint} error={error}>
      {(attributes) =>
        type === "choice" ? (
          <Select {...attributes} value={text} options={options} onChange={onChange} className="w-full" />
        ) : type === "lines" || type === "pairs" ? (
          <TextArea
            {...attributes}
            rows={3}
            required={required}
            placeholder={placeholder}
            value={text}
            onChange={({ target }) => onChange(target.value)}
          />
        ) : (
          <TextField
            {...attributes}
            type={type === "text" ? "text" : "number"}
            min={field.least}
            max={field.most}
            step="any"
            mono={field.mono}
            required={required}
            placeholder={placeholder}
            autoCapitalize="none"
            value={text}
            end={type === "percent" ? "%" : undefined}
            onChange={({ target }) => onChange(target.value)}
            className="w-full max-sm:h-11"
          />
        )
      }
    </FormField>
  );
}

function Choices({ field: { label, options = [] }, value, error, onChange }: OneFieldProps) {
  const chosen = Array.isArray(value) ? (value as readonly string[]) : [];
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        {options.map((option) => (
          <Checkbox
            key={option.value}
            checked={chosen.includes(option.value)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, option.value] : chosen.filter((one) => one !== option.value))
            }
          >
            {option.label}
          </Checkbox>
        ))}
      </div>
      {error ? (
        <p role="alert" className="mt-1.5 text-12 text-fail">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
