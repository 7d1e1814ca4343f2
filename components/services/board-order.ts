import type { Service } from "#lib/services/service.ts";
import type { BoardSort } from "./board-view.ts";

/** Fixed, so that the server and every browser sort alike. */
const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Worst first: what needs somebody, what runs or is on its way, what does not. A restart moves nothing. */
export function rank(service: Service): number {
  switch (service.state) {
    case "failed":
      return 0;
    case "restarting":
      return 1;
    case "running":
      return service.code ? 2 : service.health === "unhealthy" ? 3 : 5;
    case "unknown":
      return 4;
    case "starting":
    case "stopping":
      return 5;
    case "paused":
      return 6;
    case "stopped":
      return 7;
  }
}

/** A total order, so that equal figures do not swap places: the name decides, then the id. */
export function compareServices(sort: BoardSort): (a: Service, b: Service) => number {
  return (a, b) => byFigure(sort, a, b) || compareNames(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

export function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}

/**
 * The order on screen stays while somebody points at it: ids that were there keep their place, gone ones leave,
 * new ones come last. Not held, the order is simply the next one.
 */
export function heldOrder(
  previous: readonly string[] | null,
  next: readonly string[],
  held: boolean,
): readonly string[] {
  if (!held || !previous) return next;
  const present = new Set(next);
  const kept = previous.filter((id) => present.has(id));
  const known = new Set(kept);
  return [...kept, ...next.filter((id) => !known.has(id))];
}

function byFigure(sort: BoardSort, a: Service, b: Service): number {
  if (sort === "state") return rank(a) - rank(b);
  // whole steps, so that two idle services do not change places every second
  if (sort === "cpu") return step(b.cpu, 0.005) - step(a.cpu, 0.005);
  if (sort === "memory") return step(b.memory?.used ?? null, 1024 ** 2) - step(a.memory?.used ?? null, 1024 ** 2);
  return 0;
}

/** Nothing known sorts below nothing used. */
function step(value: number | null, size: number): number {
  return value === null ? -1 : Math.round(value / size);
}
