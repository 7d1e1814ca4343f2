/** A colour for each log source: its supervisor's hue, and a shade that tells it from its neighbours. */
import type { Service } from "#lib/services/service.ts";
import { helmOf } from "@/components/ui/helm-icon.tsx";

export interface SourceLook {
  name: string;
  helm: "systemd" | "pm2" | "docker";
  shade: "1" | "2" | "3";
}

type Source = Pick<Service, "id" | "name" | "supervisor">;

/** Looks by service id. Sources of one supervisor take the shades in turn, in the order given. */
export function sourceLooks(sources: readonly Source[]): Map<string, SourceLook> {
  const taken = new Map<string, number>();
  return new Map(
    sources.map(({ id, name, supervisor }) => {
      const helm = helmOf(supervisor);
      const turn = taken.get(helm) ?? 0;
      taken.set(helm, turn + 1);
      return [id, { name: name.replace(/\.service$/, ""), helm, shade: SHADES[turn % SHADES.length]! }];
    }),
  );
}

const SHADES: readonly SourceLook["shade"][] = ["1", "2", "3"];
