/** A colour for each log source: its supervisor's hue, and a shade that tells it from its neighbours. */
import type { LogSourceItem } from "./log-sources.ts";

export interface SourceLook {
  name: string;
  helm: LogSourceItem["helm"];
  shade: "1" | "2" | "3";
}

type Source = Pick<LogSourceItem, "id" | "name" | "helm">;

/** Looks by source id. Sources of one supervisor take the shades in turn, in the order given. */
export function sourceLooks(sources: readonly Source[]): Map<string, SourceLook> {
  const taken = new Map<string, number>();
  return new Map(
    sources.map(({ id, name, helm }) => {
      const turn = taken.get(helm) ?? 0;
      taken.set(helm, turn + 1);
      return [id, { name: name.replace(/\.service$/, ""), helm, shade: SHADES[turn % SHADES.length]! }];
    }),
  );
}

const SHADES: readonly SourceLook["shade"][] = ["1", "2", "3"];
