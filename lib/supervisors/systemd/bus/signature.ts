/** D-Bus type signatures as trees: `a{sv}` is an array of one dict entry of a string and a variant. */
export interface TypeNode {
  /** the type's letter; `(` for a struct, `{` for a dict entry */
  code: string;
  children: readonly TypeNode[];
  /** bytes: a value of this type starts at a multiple of it */
  align: number;
}

const ALIGN: Record<string, number> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  h: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  v: 1,
  a: 4,
  "(": 8,
  "{": 8,
};
const MAX_DEPTH = 32;
const KNOWN = new Map<string, readonly TypeNode[]>();

/** The complete types of a signature, in order. Throws on anything that is no signature. */
export function parseSignature(text: string): readonly TypeNode[] {
  const known = KNOWN.get(text);
  if (known) return known;
  if (text.length > 255) throw new Error("a signature is longer than 255 characters");
  const types: TypeNode[] = [];
  for (let at = 0; at < text.length; ) {
    const { node, next } = parseOne(text, at, 0);
    types.push(node);
    at = next;
  }
  // the few dozen signatures of systemd; a bound in case a peer makes them up
  if (KNOWN.size < 500) KNOWN.set(text, types);
  return types;
}

function parseOne(text: string, at: number, depth: number): { node: TypeNode; next: number } {
  const code = text[at];
  const align = code === undefined ? undefined : ALIGN[code];
  if (code === undefined || align === undefined || depth > MAX_DEPTH)
    throw new Error(`no D-Bus type at ${at}: ${text}`);
  if (code === "a") {
    const { node, next } = parseOne(text, at + 1, depth + 1);
    return { node: { code, align, children: [node] }, next };
  }
  if (code !== "(" && code !== "{") return { node: { code, align, children: [] }, next: at + 1 };
  const close = code === "(" ? ")" : "}";
  const children: TypeNode[] = [];
  let next = at + 1;
  while (text[next] !== close) {
    const child = parseOne(text, next, depth + 1);
    children.push(child.node);
    next = child.next;
  }
  if (children.length === 0 || (code === "{" && children.length !== 2))
    throw new Error(`no D-Bus type at ${at}: ${text}`);
  return { node: { code, align, children }, next: next + 1 };
}
