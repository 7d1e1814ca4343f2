/** House rules that no other tool keeps: names of files, their length, and what may not stand in them. */
import path from "node:path";
import { readSources, report, root, type Sources } from "./sources.ts";

const LIMIT = 400;
const BANNED = /(^|[-.])(utils?|helpers?|common|misc|managers?|shared|stuff|index)$/;
const KEBAB = /^[a-z0-9.[\]()_-]+$/;
const FIXED = /^(Dockerfile|README|LICENSE|CHANGELOG|CONTRIBUTING|SECURITY)(\.md)?$/;
const CODE = /\.(ts|tsx|mjs|cjs)$/;
const FREE = /^components\/ui\/|\/fixtures\/|^prisma\/migrations\//;

/** What a line of code may not hold. */
const LINES: { pattern: RegExp; says: string }[] = [
  {
    pattern: /(?::|\bas|<|\|)\s*any\b\s*(?:[>,;)\]=|}]|$)|,\s*any\s*>/,
    says: "`any` switches checking off. Say `unknown` and narrow it.",
  },
  { pattern: /@ts-(ignore|expect-error|nocheck)\b/, says: "an ignored type error is a type error. Mend the type." },
  { pattern: /\bconsole\.\w+\(/, says: "the server logs by lib/platform/logger.ts." },
  { pattern: /catch(\s*\(\w*\))?\s*\{\s*\}/, says: "an empty catch hides its cause." },
  { pattern: /\b(test|it|describe)\.(only|skip)\(/, says: "a test that does not run is no test." },
];

/** Every breach, as sentences. `machine` are strings that belong to this machine alone. */
export function checkHouse(sources: Sources, machine: readonly string[]): string[] {
  return [...sources].flatMap(([file, text]) => [
    ...checkName(file),
    ...checkLength(file, text),
    ...checkLines(file, text),
    ...machine
      .filter((word) => text.includes(word))
      .map((word) => `${file}: holds ${word}, which is of this machine alone.`),
  ]);
}

function checkName(file: string): string[] {
  const name = path.basename(file);
  const stem = name.replace(/\.(test|integration\.test|spec|d)?\.?[a-z]+$/, "");
  if (CODE.test(file) && BANNED.test(stem))
    return [`${file}: the name attracts everything. Name the act or the concept, and import it by its own file.`];
  if (!KEBAB.test(name) && !FIXED.test(name)) return [`${file}: names are in kebab-case.`];
  return [];
}

function checkLength(file: string, text: string): string[] {
  if (!CODE.test(file) || FREE.test(file)) return [];
  const lines = text.split("\n").length - 1;
  return lines > LIMIT ? [`${file}: ${lines} lines, and ${LIMIT} is the limit. Cut it where it has two thoughts.`] : [];
}

function checkLines(file: string, text: string): string[] {
  if (!CODE.test(file) || /^scripts\/checks\/house/.test(file)) return [];
  const mayPrint = /^(scripts|bench|e2e)\/|-rig\.ts$/.test(file);
  return text.split("\n").flatMap((line, index) => {
    const code = line.replace(/^\s*(\*|\/\*|\/\/(?!.*@ts-)).*$/, "").replace(/(["'`])(?:\\.|(?!\1).)*\1/g, '""');
    return LINES.filter(({ pattern, says }) => pattern.test(code) && !(mayPrint && says.includes("logger"))).map(
      ({ says }) => `${file}:${index + 1}: ${says}`,
    );
  });
}

/** The folder that the checkout stands in, where that says something; and the registry that packages come from. */
function wordsOfThisMachine(): string[] {
  const parent = path.dirname(root);
  const registry = process.env.npm_config_registry?.match(/^https?:\/\/([^/]+)/)?.[1];
  return [
    ...(/^\/(|tmp|root|home|srv|opt|var|usr)?$/.test(parent) ? [] : [`${parent}/`]),
    ...(registry ? [registry] : []),
  ];
}

if (import.meta.main) report("house", checkHouse(readSources(), wordsOfThisMachine()));
