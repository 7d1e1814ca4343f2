/** What a check is told to do, as people see it: header values never come back, and readers see no secret of an address or a command. */
import { seal, unseal } from "#lib/auth/seal.ts";
import { MASK, maskText } from "#lib/services/mask.ts";
import type { CheckPlan } from "./store.ts";

type Config = CheckPlan["config"];

const PURPOSE = "check header";

/** For who may read. */
export function shownToReaders({ kind, config }: Pick<CheckPlan, "kind" | "config">): Config {
  if (kind === "command") {
    const [first = "", ...others] = config.command as string[];
    // what an option is called says little without its value
    return { ...config, command: others.length > 0 ? [first, MASK] : [first] };
  }
  if (kind !== "http") return config;
  const url = new URL(config.url as string);
  const query = url.search === "" ? "" : `?${MASK}`;
  return { ...withoutValues(config), url: maskText(`${url.origin}${url.pathname}`, []) + query };
}

/** For who may configure. */
export function shownToMakers({ kind, config }: Pick<CheckPlan, "kind" | "config">): Config {
  return kind === "http" ? withoutValues(config) : config;
}

/** Seals the values of headers; one that is sent back masked stays what it was. */
export function sealHeaders(headers: Record<string, string>, before: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const known = value === MASK ? before[name] : undefined;
      return [name, known ?? seal(value, PURPOSE)];
    }),
  );
}

/** As they are sent. Throws AppError `conflict` where they cannot be opened. */
export function openHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, unseal(value, PURPOSE)]));
}

function withoutValues(config: Config): Config {
  const names = Object.keys(config.headers as Record<string, string>);
  return { ...config, headers: Object.fromEntries(names.map((name) => [name, MASK])) };
}
