/** Rows of the trail as lines: what was asked and how it ended belong together, and are one line. */
import type { AuditRow } from "./account-shapes.ts";

export interface AuditLine {
  /** of the row that stands for the line */
  seq: number;
  at: string;
  /** when the outcome was written; null where the line is one row */
  endedAt: string | null;
  row: AuditRow;
  /** `open`: asked for, and no row says how it ended */
  outcome: "done" | "refused" | "failed" | "open";
}

/** Rows newest first become lines newest first. An outcome whose intent is on an older page stands by itself until that comes. */
export function auditLines(rows: readonly AuditRow[]): AuditLine[] {
  const intents = new Map(rows.filter(({ outcome }) => outcome === "intended").map((row) => [row.seq, row]));
  const closed = new Set(rows.flatMap(({ closes }) => (closes === null ? [] : [closes])));
  return rows
    .filter(({ outcome, seq }) => outcome !== "intended" || !closed.has(seq))
    .map((row): AuditLine => {
      const { seq, outcome } = row;
      if (outcome === "intended") return { seq, at: row.at, endedAt: null, row, outcome: "open" };
      const intent = row.closes === null ? undefined : intents.get(row.closes);
      return { seq, at: intent?.at ?? row.at, endedAt: intent ? row.at : null, row, outcome };
    });
}

export interface AuditFilters {
  actor: string;
  action: string;
  subject: string;
  outcome: "" | "done" | "refused" | "failed";
  /** a duration back from now, as the API takes it; "" for all */
  since: "" | "1h" | "24h" | "7d" | "30d";
  q: string;
}

export const NO_FILTERS: AuditFilters = { actor: "", action: "", subject: "", outcome: "", since: "", q: "" };

const NAMES = Object.keys(NO_FILTERS) as (keyof AuditFilters)[];
const CHOICES: Partial<Record<keyof AuditFilters, readonly string[]>> = {
  outcome: ["done", "refused", "failed"],
  since: ["1h", "24h", "7d", "30d"],
};

/** As the address and the API spell them; nothing for what is not filtered. */
export function filterQuery(filters: AuditFilters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of NAMES) if (filters[name].trim() !== "") query.set(name, filters[name].trim());
  return query;
}

export function readFilters(query: URLSearchParams): AuditFilters {
  const read = NAMES.map((name) => {
    const value = query.get(name) ?? "";
    return [name, CHOICES[name] && !CHOICES[name].includes(value) ? "" : value.slice(0, 200)];
  });
  return Object.fromEntries(read) as unknown as AuditFilters;
}
