export interface Property {
  path: string;
  value: string;
}

const MOST = 3000;
const DEEPEST = 12;

/**
 * A supervisor's own properties as flat rows: `HostConfig.Memory`, lists of plain values on one row, a line each. What is
 * empty is left out. Never more than a few thousand rows, however deep the input.
 */
export function flatten(native: Record<string, unknown>): Property[] {
  const found: Property[] = [];
  const visit = (path: string, value: unknown, depth: number): void => {
    if (found.length >= MOST || isEmpty(value)) return;
    if (typeof value !== "object" || value === null) found.push({ path, value: plain(value) });
    else if (depth >= DEEPEST) found.push({ path, value: JSON.stringify(value) });
    else if (Array.isArray(value)) {
      if (value.every((item) => typeof item !== "object" || item === null)) {
        found.push({ path, value: value.map(plain).join("\n") });
      } else for (const [index, item] of value.entries()) visit(`${path}[${index}]`, item, depth + 1);
    } else for (const [key, item] of Object.entries(value)) visit(path ? `${path}.${key}` : key, item, depth + 1);
  };
  visit("", native, 0);
  return found;
}

export function matchesProperty({ path, value }: Property, q: string): boolean {
  const text = `${path}\n${value}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}
