import { Pause, Play, RefreshCw, RotateCw, Square, Zap } from "lucide-react";
import type { Service } from "#lib/services/service.ts";

type Action = Service["actions"][number];

const ICON: Record<Action, typeof Play> = {
  start: Play,
  stop: Square,
  restart: RotateCw,
  reload: RefreshCw,
  kill: Zap,
  pause: Pause,
  unpause: Play,
};

export function ActionIcon({ action }: { action: Action }) {
  const Icon = ICON[action];
  return <Icon aria-hidden="true" />;
}

/** The two that a row and a page offer at once: what brings it up, or restart and what ends it. */
export function mainActions(service: Pick<Service, "actions">): Action[] {
  const can = (action: Action) => service.actions.includes(action);
  if (can("unpause")) return can("stop") ? ["unpause", "stop"] : ["unpause"];
  return (["start", "restart", "stop"] as const).filter(
    (action) => can(action) && !(action === "start" && can("stop")),
  );
}

/** The rest, for the menu. */
export function moreActions(service: Pick<Service, "actions">): Action[] {
  const main = mainActions(service);
  return (["start", "restart", "reload", "pause", "unpause", "stop", "kill"] as const).filter(
    (action) => service.actions.includes(action) && !main.includes(action),
  );
}
