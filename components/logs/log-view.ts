/** What is shown of which logs, as the address says it, and what the server is asked for it. */

export const LEVEL_GROUPS = ["error", "warn", "info", "debug"] as const;
/** levels as they are switched: `error` with fatal, `debug` with trace */
export type LevelGroup = (typeof LEVEL_GROUPS)[number];

/** durations back from now, as the API writes them */
export const RANGES = ["15m", "30m", "1h", "6h", "1d", "7d"] as const;
export type LastRange = (typeof RANGES)[number];

/** the boot that runs */
export const THIS_BOOT = "0";

/** RFC 3339, both ends belong to it; `last`: up to now, going on; `boot`: its id, or the one that runs */
export type LogRange = { last: LastRange } | { since: string; until: string } | { boot: string } | null;

export interface FieldFilter {
  path: string;
  value: string;
}

export interface LogView {
  /** service ids; empty: whatever the page shows by itself */
  services: readonly string[];
  q: string;
  regex: boolean;
  matchCase: boolean;
  /** show only the lines that match */
  only: boolean;
  levels: readonly LevelGroup[];
  range: LogRange;
  fields: readonly FieldFilter[];
  /** cursor of the line that the address points at */
  line: string | null;
}

export const NO_FILTER: Omit<LogView, "services" | "range"> = {
  q: "",
  regex: false,
  matchCase: false,
  only: false,
  levels: LEVEL_GROUPS,
  fields: [],
  line: null,
};

/** What the merged log shows when its address does not say. */
export const USUAL_RANGE: LogRange = { last: "30m" };

const ALL = "all";

/** The view that an address names; `usual` is the range when it names none. */
export function parseLogView(query: URLSearchParams, usual: LogRange): LogView {
  const levels = query.get("levels")?.split(",") ?? LEVEL_GROUPS;
  return {
    services: [...new Set(query.getAll("service"))].filter(Boolean),
    q: query.get("q") ?? "",
    regex: query.has("regex"),
    matchCase: query.has("case"),
    only: query.has("only"),
    levels: LEVEL_GROUPS.filter((level) => levels.includes(level)),
    range: parseRange(query, usual),
    fields: query.getAll("field").flatMap((text) => parseField(text) ?? []),
    line: query.get("line"),
  };
}

/** The address of a view, `?…` or nothing; what is as usual is left out. */
export function writeLogView(view: LogView, usual: LogRange, keep: readonly [string, string][] = []): string {
  const query = new URLSearchParams([...keep, ...view.services.map((id) => ["service", id])]);
  const { range } = view;
  if (view.q) query.set("q", view.q);
  for (const [name, on] of [
    ["regex", view.regex],
    ["case", view.matchCase],
    ["only", view.only],
  ] as const) {
    if (on && view.q) query.set(name, "1");
  }
  if (view.levels.length < LEVEL_GROUPS.length) query.set("levels", view.levels.join(","));
  if (range && "since" in range) {
    query.set("since", range.since);
    query.set("until", range.until);
  } else if (range && "boot" in range) query.set("boot", range.boot);
  else if (range?.last !== (usual && "last" in usual ? usual.last : undefined)) {
    query.set("range", range?.last ?? ALL);
  }
  for (const { path, value } of view.fields) query.append("field", `${path}:${value}`);
  if (view.line) query.set("line", view.line);
  // ids and times are for reading; what the query itself needs stays escaped
  const text = query.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** `req.id:c81f` as a field and its value; null when it is just text. */
export function parseField(text: string): FieldFilter | null {
  const found = /^([A-Za-z_@$][\w.$@[\]-]*):(?!\/\/)(.+)$/.exec(text.trim());
  return found ? { path: found[1]!, value: found[2]!.replace(/^"(.*)"$/, "$1") } : null;
}

function parseRange(query: URLSearchParams, usual: LogRange): LogRange {
  const since = query.get("since");
  const until = query.get("until");
  if (since && until && Date.parse(since) < Date.parse(until)) return { since, until };
  const boot = query.get("boot");
  if (boot === THIS_BOOT || /^[0-9a-f]{32}$/.test(boot ?? "")) return { boot: boot! };
  const last = query.get("range");
  if (last === ALL) return null;
  return RANGES.some((known) => known === last) ? { last: last as LastRange } : usual;
}
