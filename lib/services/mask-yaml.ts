/** A compose file with its secrets masked, line by line: YAML takes a value to the end of its line, or of a block below it. */
import { isSecretName, MASK } from "./mask.ts";

const ENTRY = /^(\s*(?:-\s+)?["']?)([A-Za-z_][\w./-]*)(["']?\s*[=:](?:\s+|$)|=)(.*)$/;

export function maskYaml(text: string): string {
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
      // a mapping or a list below: names of secrets, not their values
      const isReference = value === "" || /^\$\{?\w+\}?["']?$/.test(value.replace(/^["']/, ""));
      return isReference || hidden !== null ? line : `${before}${name}${sign}${MASK}`;
    })
    .join("\n");
}
