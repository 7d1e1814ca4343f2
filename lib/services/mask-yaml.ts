/**
 * A compose file with its secrets masked. What the file means says where a value ends: in braces, over lines, in quotes. What
 * is no YAML, what stands in a block of text, and whatever else looks like an entry goes line by line after that.
 */
import { isScalar, type Pair, parseAllDocuments, type Scalar, visit } from "yaml";
import { isSecretName, MASK } from "./mask.ts";

const ENTRY = /^(\s*(?:-\s+)?["']?)([A-Za-z_][\w./-]*)(["']?\s*[=:](?:\s+|$)|=)(.*)$/;
/** `NAME=value`, as a list of variables has it */
const ASSIGNED = /^([A-Za-z_][\w./-]*)=([\s\S]+)$/;
const REFERENCE = /^\$\{?\w+\}?$/;
/** nobody writes a compose file as deep as this: what would be read by calling oneself is not */
const DEEPEST = 200;

export function maskYaml(text: string): string {
  return maskLines(maskValues(text));
}

function maskValues(text: string): string {
  if (isDeep(text)) return text;
  const found: { from: number; to: number; mask: string }[] = [];
  const hide = ({ range }: Scalar, mask = MASK) => {
    if (range) found.push({ from: range[0], to: range[1], mask });
  };
  for (const document of parseAllDocuments(text, { logLevel: "silent" })) {
    if (!("contents" in document) || document.errors.length > 0) return text;
    visit(document, {
      Pair: (_, pair) => {
        const { key, value } = pair as Pair;
        // a mapping or a list below: names of secrets, not their values
        if (isScalar(key) && isScalar(value) && isSecretName(String(key.value)) && !isReference(value)) hide(value);
      },
      Scalar: (at, node) => {
        const [, name = "", value = ""] = (at !== "key" && ASSIGNED.exec(String(node.value))) || [];
        if (!isSecretName(name) || REFERENCE.test(value)) return;
        const quote = node.type === "QUOTE_DOUBLE" ? '"' : node.type === "QUOTE_SINGLE" ? "'" : "";
        if (!isBlock(node)) hide(node, `${quote}${name}=${MASK}${quote}`);
      },
    });
  }
  // from the end, so that what is before stays where it was found
  found.sort((one, other) => other.from - one.from);
  let masked = text;
  for (const { from, to, mask } of found) {
    const end = /\n$/.test(masked.slice(from, to)) ? "\n" : "";
    masked = masked.slice(0, from) + mask + end + masked.slice(to);
  }
  return masked;
}

function isReference({ value }: Scalar): boolean {
  return value === null || value === "" || REFERENCE.test(String(value));
}

function isBlock({ type }: Scalar): boolean {
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
}

/** By its braces and by its indentation. */
function isDeep(text: string): boolean {
  let braces = 0;
  for (const sign of text.matchAll(/[[{]/g)) if (sign && ++braces > DEEPEST * 10) return true;
  return text.split("\n").some((line) => /^[\s-]*/.exec(line)![0].length > DEEPEST);
}

/** Line by line: a value goes to the end of its line, or of a block below it. */
function maskLines(text: string): string {
  let hidden: number | null = null;
  return text
    .split("\n")
    .map((line) => {
      const depth = line.search(/\S/);
      // what is indented below a secret's name belongs to it; an empty line ends nothing
      if (hidden !== null && (depth < 0 || depth > hidden)) return depth < 0 ? line : `${" ".repeat(depth)}${MASK}`;
      hidden = null;
      const [, before = "", name = "", sign = "", value = ""] = ENTRY.exec(line) ?? [];
      if (name === "" || !isSecretName(name)) return line;
      if (/^[|>][-+0-9]*\s*(#.*)?$/.test(value)) hidden = depth;
      const isName = value === "" || /^\$\{?\w+\}?["']?$/.test(value.replace(/^["']/, "")) || /^[[{]/.test(value);
      return isName || hidden !== null ? line : `${before}${name}${sign}${MASK}`;
    })
    .join("\n");
}
