/** The fields of a line that is JSON or logfmt, parsed once; the level is read from the same object. */

export type Fields = Record<string, unknown>;

/** characters of a line that is taken apart; longer ones stay text */
const LONGEST = 64 * 1024;
const MOST_PAIRS = 100;
const DEEPEST = 200;
const PAIR = /([A-Za-z_@][\w.@/-]{0,63})=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?:\s+|$)/y;

/** null when the line is neither. A colour code anywhere makes a line plain text: it was printed for people. */
export function parseFields(text: string): Fields | null {
  if (text.length > LONGEST || text.length < 5) return null;
  const first = firstCharacter(text);
  if (first === 123) return parseJson(text);
  // two pairs at least, and nothing else: "a = b" in a sentence is no logfmt
  return text.includes("=") ? parseLogfmt(text) : null;
}

function firstCharacter(text: string): number {
  let at = 0;
  while (at < 8 && text.charCodeAt(at) === 32) at += 1;
  return text.charCodeAt(at);
}

function parseJson(text: string): Fields | null {
  const last = text.trimEnd();
  if (!last.endsWith("}") || isDeep(last)) return null;
  try {
    const value: unknown = JSON.parse(last);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    // a brace does not make it JSON
    return null;
  }
}

/** Nested so far that writing it again would exhaust the stack. */
function isDeep(text: string): boolean {
  if (text.length < DEEPEST * 2) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

function parseLogfmt(text: string): Fields | null {
  const fields: Fields = Object.create(null) as Fields;
  let count = 0;
  PAIR.lastIndex = 0;
  let at = 0;
  for (let found = PAIR.exec(text); found; found = PAIR.exec(text)) {
    const [, key, quoted, bare] = found;
    if (count === MOST_PAIRS) return null;
    fields[key!] = quoted === undefined ? bare : quoted.replace(/\\(["\\])/g, "$1");
    count += 1;
    at = PAIR.lastIndex;
  }
  return count >= 2 && at === text.length ? { ...fields } : null;
}
