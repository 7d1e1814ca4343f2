/** The fields of a line that is JSON or logfmt: as rows to look at, as values to match, and its message to read. */
export interface FieldRow {
  /** `req.id` */
  path: string;
  /** as JSON would write it; text with its quotes */
  shown: string;
  /** as it is searched for */
  value: string;
  kind: "text" | "number" | "word";
}

export type Fields = Record<string, unknown>;

const MOST_ROWS = 200;
const DEEPEST = 6;
const MESSAGE = ["msg", "message", "MESSAGE", "event"];
/** shown in columns of their own, or of no use beside the message */
const ELSEWHERE = /^(level|severity|lvl|levelname|time|ts|timestamp|@timestamp|asctime|pid|hostname|v|@version)$/i;

/** Every value with its path, nested objects spread out. */
export function fieldRows(fields: Fields): FieldRow[] {
  const rows: FieldRow[] = [];
  const walk = (value: unknown, path: string, depth: number) => {
    if (rows.length >= MOST_ROWS) return;
    if (isObject(value) && depth < DEEPEST && Object.keys(value).length > 0) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path === "" ? key : `${path}.${key}`, depth + 1);
    } else rows.push(rowOf(path, value));
  };
  walk(fields, "", 0);
  return rows;
}

/** The value at a path as text; null when there is none. A key may itself hold dots. */
export function fieldValue(fields: Fields, path: string): string | null {
  if (Object.hasOwn(fields, path)) return textOf(fields[path]);
  const dot = path.indexOf(".");
  if (dot < 0) return null;
  const inner = Object.hasOwn(fields, path.slice(0, dot)) ? fields[path.slice(0, dot)] : undefined;
  return isObject(inner) ? fieldValue(inner, path.slice(dot + 1)) : null;
}

/** What the line says, with its other values after it: `send failed` and `queued=18 batch=b-2292`. Null: it has no message. */
export function messageOf(fields: Fields): { message: string; rest: string } | null {
  const key = MESSAGE.find((name) => typeof fields[name] === "string" && fields[name] !== "");
  if (key === undefined) return null;
  const rest = Object.entries(fields)
    .filter(([name, value]) => name !== key && !ELSEWHERE.test(name) && value !== null && value !== "")
    .map(([name, value]) => `${name}=${isObject(value) ? JSON.stringify(value) : textOf(value)}`);
  return { message: fields[key] as string, rest: rest.join(" ") };
}

function rowOf(path: string, value: unknown): FieldRow {
  const kind = typeof value === "string" ? "text" : typeof value === "number" ? "number" : "word";
  return { path, shown: JSON.stringify(value) ?? "", value: textOf(value), kind };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
