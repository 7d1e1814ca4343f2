import type { Service } from "#lib/services/service.ts";
import type { BoardState, BoardView } from "./board-view.ts";

/** On the board without "Show all units": listed, pinned or in trouble. */
export function isOnBoard(service: Service, all: boolean): boolean {
  return all || service.listed || service.pinned || service.state === "failed" || service.state === "restarting";
}

/** Up in any way that answers: an unhealthy service runs, one that waits for its next start does not. */
export function isUp(service: Service): boolean {
  return service.state === "running" && service.stale === null;
}

function isOff(service: Service): boolean {
  return service.state === "stopped" || service.state === "paused";
}

/** Every word of the text has to be found in the name, title, group, port, image or path, or state. */
export function matchesText(service: Service, q: string): boolean {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = haystack(service);
  return words.every((word) => text.includes(word));
}

export function matchesState(service: Service, state: BoardState, needy: ReadonlySet<string>): boolean {
  if (state === "needs") return needy.has(service.id);
  if (state === "running") return isUp(service);
  if (state === "stopped") return isOff(service);
  return true;
}

/** How many services each chip would leave, of those that match the text. */
export function chipCounts(
  services: readonly Service[],
  view: BoardView,
  needy: ReadonlySet<string>,
): Record<BoardState, number> {
  const counts: Record<BoardState, number> = { all: 0, needs: 0, running: 0, stopped: 0 };
  for (const service of services) {
    if (!isOnBoard(service, view.all) || !matchesText(service, view.q)) continue;
    counts.all += 1;
    if (needy.has(service.id)) counts.needs += 1;
    if (isUp(service)) counts.running += 1;
    if (isOff(service)) counts.stopped += 1;
  }
  return counts;
}

function haystack(service: Service): string {
  return [
    service.name,
    service.title,
    service.group,
    service.scope,
    service.state,
    service.health === "none" ? null : service.health,
    service.nativeState,
    service.source,
    service.tag,
    ...service.ports.map(({ address, port }) => `${address}:${port}`),
  ]
    .filter(Boolean)
    .join("\n")
    .toLowerCase();
}
