/** What of a command's output more people may read than may read the command. */
import { maskText } from "#lib/services/mask.ts";

/** Its last line, short, without what looks like a secret and without the options that the command was given. */
export function lastWords(stderr: string, argv: readonly string[]): string {
  const options = argv.flatMap((word) => word.split(/\s+/)).filter((word) => word.startsWith("-"));
  const secrets = options.flatMap((option) => [option, option.slice(2)]);
  return maskText(stderr.trim().split("\n").at(-1) ?? "", secrets).slice(0, 200);
}
