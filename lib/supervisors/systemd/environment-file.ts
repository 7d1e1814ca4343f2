/** Files of `EnvironmentFile=`, by the rules of systemd.exec(5). */
export interface Variable {
  name: string;
  value: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Assignments in order. Comments begin with `#` or `;`; a backslash joins lines; quotes keep what they hold, also line ends. */
export function parseEnvironmentFile(text: string): Variable[] {
  const found: Variable[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at += 1;
      continue;
    }
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    const equals = line.indexOf("=");
    if (line.startsWith("#") || line.startsWith(";") || equals < 0) {
      at += line.length + 1;
      continue;
    }
    const { value, next } = readValue(text, at + equals + 1);
    const name = line.slice(0, equals).trim();
    if (NAME.test(name)) found.push({ name, value });
    at = next;
  }
  return found;
}

/** `NAME=value` as systemd gives it in the property Environment. */
export function parseAssignment(text: string): Variable | null {
  const equals = text.indexOf("=");
  return equals > 0 ? { name: text.slice(0, equals), value: text.slice(equals + 1) } : null;
}

function readValue(text: string, from: number): { value: string; next: number } {
  let value = "";
  // white space at the end goes, but not what was quoted or escaped
  let keep = 0;
  let quote = "";
  let at = from;
  while (at < text.length && (text[at] === " " || text[at] === "\t")) at += 1;
  for (; at < text.length; at += 1) {
    const character = text[at]!;
    if (quote === "" && character === "\n") break;
    if (character === "\\" && quote !== "'") {
      at += 1;
      const escaped = text[at] ?? "";
      if (escaped === "\n") continue;
      // within double quotes only these are special, as in a shell
      value += quote === '"' && !'"\\`$'.includes(escaped) ? `\\${escaped}` : escaped;
      keep = value.length;
    } else if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else {
      value += character;
      if (quote !== "") keep = value.length;
    }
  }
  return { value: value.slice(0, keep) + value.slice(keep).trimEnd(), next: at + 1 };
}
