/** A form told as a table: what a kind of thing is made of, and the way between what is typed and what the API takes. */

export type FieldValue = string | number | boolean | readonly string[] | null;
export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface Field {
  /** as the API calls it */
  name: string;
  label: string;
  /**
   * `span`: a length of time, in seconds here; `percent`: a share from 0 to 1, typed as percent; `lines`: one a line;
   * `pairs`: `Name: value`, one a line; `choices`: several of `options`
   */
  type?: "text" | "secret" | "number" | "span" | "percent" | "lines" | "pairs" | "flag" | "choice" | "choices";
  hint?: string;
  placeholder?: string;
  required?: boolean;
  /** empty is told as null; else it is left out, and the server's own usual value holds */
  nullable?: boolean;
  /** over the whole width */
  wide?: boolean;
  mono?: boolean;
  options?: readonly { value: string; label: string }[];
  /** what a new one begins with */
  usual?: FieldValue;
  /** how many seconds one of the API's units has, for a span; how many of the API's units one that is typed has, for a number */
  unit?: number;
  /** as typed */
  least?: number;
  most?: number;
}

/** What the fields show: of what is kept, or for something new. */
export function valuesOf(fields: readonly Field[], kept: Readonly<Record<string, unknown>> | null): FieldValues {
  return Object.fromEntries(
    fields.map((field) => {
      const usual = field.usual ?? BLANK[field.type ?? "text"];
      const value = kept?.[field.name];
      return [field.name, kept && value !== undefined ? shown(field, value) : kept ? emptied(field) : usual];
    }),
  );
}

/** What the API takes of what was typed. */
export function configOf(fields: readonly Field[], values: FieldValues): Record<string, unknown> {
  const given = fields.map((field) => [field.name, taken(field, values[field.name] ?? null)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

const BLANK: Record<NonNullable<Field["type"]>, FieldValue> = {
  text: "",
  secret: "",
  number: "",
  span: null,
  percent: "",
  lines: "",
  pairs: "",
  flag: false,
  choice: "",
  choices: [],
};

function emptied({ type = "text", options }: Field): FieldValue {
  return type === "choice" ? (options?.[0]?.value ?? "") : BLANK[type];
}

function shown(field: Field, value: unknown): FieldValue {
  const { type = "text", unit = 1 } = field;
  if (value === null || value === undefined) return emptied(field);
  switch (type) {
    case "span":
      return Number(value) * unit;
    case "percent":
      return String(Math.round(Number(value) * 1000) / 10);
    case "lines":
      return (value as string[]).join("\n");
    case "pairs":
      return Object.entries(value as Record<string, string>)
        .map(([name, text]) => `${name}: ${text}`)
        .join("\n");
    case "number":
      return String(Number(value) / unit);
    case "flag":
      return value === true;
    case "choices":
      return value as string[];
    default:
      return String(value);
  }
}

function taken({ type = "text", nullable, unit = 1 }: Field, value: FieldValue): unknown {
  const nothing = nullable ? null : undefined;
  switch (type) {
    case "flag":
      return value === true;
    case "choices":
      return value ?? [];
    case "span":
      return value === null ? nothing : Number(value) / unit;
    case "number":
      return value === "" || value === null ? nothing : Number(value) * unit;
    case "percent":
      return value === "" || value === null ? nothing : Math.round(Number(value) * 10) / 1000;
    case "lines":
      return linesOf(String(value ?? ""));
    case "pairs":
      return pairsOf(String(value ?? ""));
    default:
      return value === "" || value === null ? nothing : value;
  }
}

/** Lines that hold something, without what stands around them. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const colon = line.indexOf(":");
      return colon < 0 ? [line, ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
